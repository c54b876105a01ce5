package tombolo.azure.expressroute.adapter;

import tombolo.api.datastore.contract.TransientDatastore;

/** The cluster's store; it answers with whole lists. */
final class FakeStore extends TransientDatastore {
    FakeStore() {
        super("memory", Integer.MAX_VALUE);
    }
}
