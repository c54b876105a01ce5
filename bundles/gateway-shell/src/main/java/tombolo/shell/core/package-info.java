/**
 * What the commands answer, as functions from services to documents: no clock, no OSGi, no terminal. A document is made once and shown in two ways.
 *
 * <pre>
 * services of tombolo.api ─► BgpViews, RouteViews, GatewayViews ─► Document ─┬► tombolo.api.json.Json: one document with stable key names, for scripts
 *                                                                           └► Table and text, fitted to a Screen, for people
 * </pre>
 *
 * <p>Invariants: the JSON of a document never depends on the screen; a key name, once published, keeps its meaning; what fails is a
 * {@link tombolo.shell.core.Failure} with a code, never half an answer.
 */
@NullMarked
package tombolo.shell.core;

import org.jspecify.annotations.NullMarked;
