/**
 * A cloud for tests and the laboratory: Azure Resource Manager for ExpressRoute, with the behaviour that a client has to live with.
 *
 * <pre>
 *  java.net.http, azure-arm ── HTTPS, CA in FOLDER/ca.pem ──► WebServer ─► Simulator ─┬─ Misfortune   what a test wants to go wrong
 *                                                                                     ├─ Directory    tokens: secret, certificate, federation
 *                                                                                     ├─ Throttle     token buckets
 *   test, lab ─► Simulator, or POST /simulator/WORD ─► ServiceProvider, edit, vanish  └─ Arm ─► Kind (rules of a type) ─► World (resources)
 *                                                                                              Operations (202, polling URLs)   │
 *                                                                               edge.Edge ◄── EdgeKeeper ◄── EdgeWish ◄── EdgeWords
 * </pre>
 *
 * <p>Everything that is known is in {@link tombolo.azure.simulator.World}, under one lock. An operation has no thread: what is due is brought to its end by
 * whoever comes next, and by the edge's thread where nobody comes. A PUT is visible at once as {@code Updating} and tells the edge at its end.
 *
 * <p>What is covered, and what not, and where the shapes come from: README.md of this module.
 */
@NullMarked
package tombolo.azure.simulator;

import org.jspecify.annotations.NullMarked;
