package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;

/** Our values as jetcd's and back. */
final class Wire {
    private Wire() { }

    static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    static ByteSequence bytes(Key key) {
        return bytes(key.text());
    }

    /** The end of the range of a prefix: the prefix with its last byte one higher (a prefix is text and so never ends with 0xff). */
    static ByteSequence end(ByteSequence prefix) {
        byte[] end = prefix.getBytes();
        end = Arrays.copyOf(end, end.length);
        end[end.length - 1]++;
        return ByteSequence.from(end);
    }

    /** The key; empty where its bytes are none of ours: another program's. */
    static Optional<Key> key(ByteSequence bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes()));
            return Optional.of(new Key(text.toString()));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<KeyValue> entry(io.etcd.jetcd.KeyValue pair) {
        return key(pair.getKey()).map(key -> new KeyValue(key, Bytes.of(pair.getValue().getBytes()), pair.getCreateRevision(), pair.getModRevision(), pair.getVersion(),
                pair.getLease() == 0 ? OptionalLong.empty() : OptionalLong.of(pair.getLease())));
    }

    static Cmp condition(Compare condition) {
        return switch (condition) {
            case Compare.CreateRevision c -> new Cmp(bytes(c.key()), relation(c.relation()), CmpTarget.createRevision(c.revision()));
            case Compare.ModRevision c -> new Cmp(bytes(c.key()), relation(c.relation()), CmpTarget.modRevision(c.revision()));
            case Compare.Version c -> new Cmp(bytes(c.key()), relation(c.relation()), CmpTarget.version(c.version()));
            case Compare.Value c -> new Cmp(bytes(c.key()), relation(c.relation()), CmpTarget.value(ByteSequence.from(c.value().toByteArray())));
        };
    }

    private static Cmp.Op relation(Compare.Relation relation) {
        return switch (relation) {
            case EQUAL -> Cmp.Op.EQUAL;
            case NOT_EQUAL -> Cmp.Op.NOT_EQUAL;
            case GREATER -> Cmp.Op.GREATER;
            case LESS -> Cmp.Op.LESS;
        };
    }

    static Op operation(Operation step) {
        return switch (step) {
            case Operation.Put put -> {
                PutOption.Builder options = PutOption.builder();
                put.lease().ifPresent(options::withLeaseId);
                yield Op.put(bytes(put.key()), ByteSequence.from(put.value().toByteArray()), options.build());
            }
            case Operation.Delete delete -> Op.delete(bytes(delete.key()), DeleteOption.DEFAULT);
            case Operation.Get get -> Op.get(bytes(get.key()), GetOption.DEFAULT);
        };
    }
}
