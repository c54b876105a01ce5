/** What every bundle that offers a datastore must show in its own tests: extend {@link tombolo.api.datastore.contract.DatastoreContract}. */
@NullMarked
package tombolo.api.datastore.contract;

import org.jspecify.annotations.NullMarked;
