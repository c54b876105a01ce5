/**
 * The resources of the cluster, in the words of Calico's {@code projectcalico.org/v3}: kinds, names, typed views, and the service that reads, writes and
 * watches them. Selectors are in {@code tombolo.api.selector}.
 *
 * <pre>
 *   document (YAML, JSON) ──► validate, default ──► Datastore key /calico/resources/v3/… ──► subscription: Resource {tree, spec}
 * </pre>
 *
 * <p>A resource is its JSON tree plus a typed view. Writes go by the tree: a field of a known kind that nobody here knows, and a kind that nobody here knows,
 * survive a read-modify-write untouched.
 *
 * <p>Source: projectcalico/calico, {@code api/pkg/apis/projectcalico/v3}, v3.32.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.resource;

import org.jspecify.annotations.NullMarked;
