/** What the etcd store knows without asking: the cache's content and its comparison with a listing. */
@NullMarked
package tombolo.datastore.etcd.core;

import org.jspecify.annotations.NullMarked;
