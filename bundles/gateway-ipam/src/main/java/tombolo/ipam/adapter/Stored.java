package tombolo.ipam.adapter;

import java.util.Optional;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Affinity;
import tombolo.ipam.core.Block;
import tombolo.ipam.core.BlockJson;
import tombolo.ipam.core.BlockScan;
import tombolo.ipam.core.BlockTable;
import tombolo.ipam.core.Handle;
import tombolo.ipam.core.Keys;
import tombolo.ipam.core.Malformed;
import tombolo.runtime.json.JsonText;

/** Between keys with bytes and what they mean. */
final class Stored {
    /** What nearly every affinity is: not worth a parser. */
    private static final Json.Obj CONFIRMED_TREE = Json.Obj.of("state", new Json.Text("confirmed")).with("deleted", false);
    private static final Bytes CONFIRMED = bytes(CONFIRMED_TREE);

    private Stored() { }

    static Json json(Bytes value) throws Malformed {
        try {
            return JsonText.parse(value.toByteArray());
        } catch (JsonText.Malformed e) {
            throw new Malformed("no JSON: " + e.getMessage());
        }
    }

    static Bytes bytes(Json value) {
        return Bytes.of(JsonText.bytes(value));
    }

    static Block block(Prefix cidr, Bytes value) throws Malformed {
        Block block = BlockJson.read(json(value));
        if (!block.cidr().equals(cidr)) {
            throw new Malformed("the block says that it is " + block.cidr());
        }
        return block;
    }

    /** Something for the table, decoded outside its lock. */
    interface News {
        /** @param keep whether a block is wanted whole even where it was not before */
        void tell(BlockTable table, boolean keep);
    }

    static Optional<News> news(Change change) {
        return switch (change) {
            case Change.Put(KeyValue entry) -> news(entry);
            case Change.Deleted(Key key, long revision) -> gone(key, revision);
        };
    }

    static Optional<News> gone(Key key, long revision) {
        Optional<Prefix> block = Keys.blockOf(key);
        if (block.isPresent()) {
            return Optional.of((table, _) -> table.dropBlock(block.get(), revision));
        }
        Optional<Keys.AffinityKey> affinity = Keys.affinityOf(key);
        if (affinity.isPresent()) {
            return Optional.of((table, _) -> table.dropAffinity(affinity.get().owner(), affinity.get().cidr(), revision));
        }
        return Keys.handleOf(key).map(id -> (table, _) -> table.dropHandle(id));
    }

    static Optional<News> news(KeyValue entry) {
        Optional<Prefix> cidr = Keys.blockOf(entry.key());
        if (cidr.isPresent()) {
            Optional<BlockTable.Summary> scanned = BlockScan.summary(entry.value().toByteArray(), entry.modRevision());
            if (scanned.isPresent()) {
                return Optional.of((table, keep) -> tell(table, cidr.get(), scanned.get(), entry, keep));
            }
            try {
                Block block = block(cidr.get(), entry.value());
                return Optional.of((table, keep) -> table.put(block, entry.modRevision(), keep || table.whole(block.cidr()).isPresent()));
            } catch (Malformed e) {
                String why = String.valueOf(e.getMessage());
                return Optional.of((table, _) -> table.breaks(cidr.get(), why));
            }
        }
        if (entry.value().equals(CONFIRMED)) {
            Optional<Keys.AffinityKey> key = Keys.affinityOf(entry.key());
            if (key.isPresent()) {
                return Optional.of((table, _) -> table.put(new Affinity(key.get().owner(), key.get().cidr(), Affinity.State.CONFIRMED, CONFIRMED_TREE), entry.modRevision()));
            }
        }
        try {
            Optional<Keys.AffinityKey> key = Keys.affinityOf(entry.key());
            if (key.isPresent()) {
                Affinity affinity = Affinity.read(key.get().owner(), key.get().cidr(), json(entry.value()));
                return Optional.of((table, _) -> table.put(affinity, entry.modRevision()));
            }
            Optional<String> id = Keys.handleOf(entry.key());
            if (id.isPresent()) {
                Handle handle = Handle.read(id.get(), json(entry.value()));
                return Optional.of((table, _) -> table.put(handle, entry.modRevision()));
            }
        } catch (Malformed _) {
            // ipam:check names it; a write that needs it fails on its condition and says so
        }
        return Optional.empty();
    }

    /** A block that is in use here is decoded whole; another only where somebody needs it. */
    private static void tell(BlockTable table, Prefix cidr, BlockTable.Summary scanned, KeyValue entry, boolean keep) {
        if (!keep && table.whole(cidr).isEmpty()) {
            table.put(cidr, scanned);
            return;
        }
        try {
            table.put(block(cidr, entry.value()), entry.modRevision(), true);
        } catch (Malformed e) {
            table.breaks(cidr, String.valueOf(e.getMessage()));
        }
    }
}
