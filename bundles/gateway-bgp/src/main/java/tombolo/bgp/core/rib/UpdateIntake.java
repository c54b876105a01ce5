package tombolo.bgp.core.rib;

import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.DecodeContext;
import tombolo.bgp.core.wire.Outcome;
import tombolo.bgp.core.wire.UpdateDecoder;
import tombolo.bgp.core.wire.UpdateError;
import tombolo.bgp.core.wire.UpdateSink;

/** Takes the UPDATE messages of one peer at a time into the tables. */
final class UpdateIntake implements UpdateSink {
    private final UpdateDecoder decoder;
    private final FamilyRib ipv4;
    private final FamilyRib ipv6;
    private final ImportPolicy policy;
    private final RibEvents events;
    private @Nullable Peer peer;
    private int nowSeconds;
    private long nowMillis;
    private byte[] message = new byte[0];
    private int offset;
    private int length;

    UpdateIntake(AttributeTable attributes, FamilyRib ipv4, FamilyRib ipv6, ImportPolicy policy, RibEvents events) {
        this.decoder = new UpdateDecoder(attributes);
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.policy = policy;
        this.events = events;
    }

    Outcome update(Peer from, DecodeContext context, byte[] bytes, int at, int size, int seconds, long millis) {
        peer = from;
        nowSeconds = seconds;
        nowMillis = millis;
        message = bytes;
        offset = at;
        length = size;
        policy.begin();
        from.updatesIn++;
        return decoder.decode(bytes, at, size, context, this);
    }

    private Peer peer() {
        Peer current = peer;
        if (current == null) {
            throw new IllegalStateException("no message is being read");
        }
        return current;
    }

    private FamilyRib rib(AddressFamily family) {
        return family == AddressFamily.IPV4 ? ipv4 : ipv6;
    }

    @Override
    public void withdraw(AddressFamily family, long hi, long lo, int bits) {
        peer().withdrawalsIn++;
        rib(family).withdraw(peer(), hi, lo, bits);
    }

    @Override
    public void announce(AddressFamily family, long hi, long lo, int bits, int attributeId) {
        rib(family).announce(peer(), hi, lo, bits, attributeId, nowSeconds);
    }

    @Override
    public void endOfRib(AddressFamily family) {
        events.endOfRib(peer(), rib(family));
    }

    @Override
    public void error(UpdateError error) {
        Peer from = peer();
        from.attributeErrors.merge(error.counter(), 1L, Long::sum);
        String hex = java.util.HexFormat.of().formatHex(message, offset, offset + length);
        from.errors.add(new BgpRoutes.UpdateError(nowMillis, error.line(), hex));
        events.log(error.line());
    }
}
