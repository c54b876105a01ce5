/** The DS component of the datastore on etcd. */
@NullMarked
package tombolo.datastore.etcd.osgi;

import org.jspecify.annotations.NullMarked;
