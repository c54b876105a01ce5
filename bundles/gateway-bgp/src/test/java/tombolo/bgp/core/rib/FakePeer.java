package tombolo.bgp.core.rib;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;
import tombolo.bgp.core.wire.AttributeEditor;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.DecodeContext;
import tombolo.bgp.core.wire.Outcome;
import tombolo.bgp.core.wire.UpdateDecoder;
import tombolo.bgp.core.wire.UpdateError;
import tombolo.bgp.core.wire.UpdatePacker;
import tombolo.bgp.core.wire.UpdateSink;

/** A neighbour: what it sends is encoded, what it is told is decoded into the table that a real one would hold. */
final class FakePeer implements BgpSession {
    private static long nextNumber = 1;

    final String name;
    final int as;
    /** At the next {@link #establish}. */
    IpAddress address;
    String interfaceName = "eth0";
    final int localAs;
    final AttributeTable attributes = new AttributeTable(1);
    final Map<Prefix, String> holds = new TreeMap<>();
    final Map<AddressFamily, Integer> endOfRibs = new EnumMap<>(AddressFamily.class);
    /** "AFI/subtype" of each ROUTE-REFRESH received. */
    final List<String> refreshes = new ArrayList<>();
    final List<String> errors = new ArrayList<>();
    int messages;
    int prefixesTold;
    int withdrawals;
    /** The most prefixes that it ever held at once. */
    int mostHeld;
    /** Octets that the outbox takes before it is full; drained by {@link #drain}. */
    int room = Integer.MAX_VALUE;
    @Nullable Notification ended;
    Optional<Integer> retry = Optional.empty();
    @Nullable SessionUp up;
    Optional<SessionUp.GracefulRestart> restart = Optional.empty();
    boolean enhancedRefresh;
    Set<AddressFamily> families = EnumSet.allOf(AddressFamily.class);
    private final ArrayDeque<SessionInput> inbox = new ArrayDeque<>();
    private final UpdatePacker packer = new UpdatePacker(attributes, true, 4096);
    private int taken;

    FakePeer(String name, int as, String address, int localAs) {
        this.name = name;
        this.as = as;
        this.address = IpAddress.parse(address);
        this.localAs = localAs;
    }

    void establish() {
        SessionUp session = new SessionUp(nextNumber++, false, name, IpAddress.parse("10.255.0.1"), address, Optional.empty(),
                Optional.of(IpAddress.parse("2001:db8:ffff::1")), Optional.empty(), Optional.of(interfaceName), new Asn(localAs), new Asn(as), RouterId.parse("10.255.0.1"),
                new RouterId(address.isIpv4() ? address.v4Bits() : name.hashCode()), families, true, true, enhancedRefresh, 4096, restart, 90);
        up = session;
        ended = null;
        holds.clear();
        endOfRibs.clear();
        taken = 0;
        inbox.add(new SessionInput.Up(session));
    }

    /** The session bundle stayed up while the route bundle was swapped. */
    void resume() {
        SessionUp was = up;
        boolean unseen = was != null && inbox.stream().anyMatch(input -> input instanceof SessionInput.Up(SessionUp waiting) && waiting.sessionNumber() == was.sessionNumber());
        if (was != null && !unseen) {
            up = new SessionUp(was.sessionNumber(), true, was.peer(), was.localAddress(), was.remoteAddress(), was.localLinkLocal(), was.localGlobal(), was.localIpv4(),
                    was.interfaceName(), was.localAs(), was.remoteAs(), was.localId(), was.remoteId(), was.families(), was.fourOctetAs(), was.refresh(),
                    was.enhancedRefresh(), was.maxMessageLength(), was.gracefulRestart(), was.holdTimeSeconds());
            inbox.addFirst(new SessionInput.Up(up));
        }
    }

    void fall(boolean graceful) {
        SessionUp session = up;
        if (session != null) {
            up = null;
            inbox.add(new SessionInput.Down(session.sessionNumber(), "test", graceful));
        }
    }

    /** @param path the AS_PATH, this peer's AS first */
    void announce(String prefix, int med, int... path) {
        announce(prefix, address, med, 0, path);
    }

    void announce(String prefix, IpAddress nextHop, int med, int community, int... path) {
        Prefix parsed = Prefix.parse(prefix);
        byte[] canonical = Sets.canonical(parsed.family(), parsed.family() == nextHop.family() ? nextHop : IpAddress.parse("2001:db8:ffff::" + Integer.toHexString(as)),
                med, community, as == localAs ? 100 : -1, path);
        int set = attributes.intern(canonical, 0, canonical.length);
        packer.reset();
        if (!packer.add(parsed.family(), set, parsed.address().hi(), parsed.address().lo(), parsed.length())) {
            throw new AssertionError("does not fit");
        }
        send(packer.take());
        attributes.release(set);
    }

    /** A route of AS 65099 that another reflector has passed on (RFC 4456 §8). */
    void announceReflected(String prefix, String originator, String... clusters) {
        Prefix parsed = Prefix.parse(prefix);
        ByteArrayOutputStream canonical = new ByteArrayOutputStream();
        canonical.writeBytes(Sets.canonical(AddressFamily.IPV4, address, -1, 0, 100, 65099));
        canonical.writeBytes(new byte[] {(byte) 0x80, 9, 4});
        canonical.writeBytes(IpAddress.parse(originator).toBytes());
        canonical.writeBytes(new byte[] {(byte) 0x80, 10, (byte) (4 * clusters.length)});
        for (String cluster : clusters) {
            canonical.writeBytes(IpAddress.parse(cluster).toBytes());
        }
        int set = attributes.intern(canonical.toByteArray(), 0, canonical.size());
        packer.reset();
        packer.add(AddressFamily.IPV4, set, parsed.address().hi(), parsed.address().lo(), parsed.length());
        send(packer.take());
        attributes.release(set);
    }

    /** A path so long that the message is an extended one (RFC 8654). */
    void announceLong(String prefix, int ases) {
        AttributeEditor editor = new AttributeEditor(attributes);
        Prefix parsed = Prefix.parse(prefix);
        byte[] canonical = Sets.canonical(parsed.family(), address, -1, 0, -1, as);
        int set = attributes.intern(canonical, 0, canonical.length);
        int grown = editor.load(set).prepend(as, ases).intern();
        UpdatePacker extended = new UpdatePacker(attributes, true, 65_535);
        extended.add(parsed.family(), grown, parsed.address().hi(), parsed.address().lo(), parsed.length());
        send(extended.take());
        attributes.release(grown);
        attributes.release(set);
    }

    void withdraw(String prefix) {
        Prefix parsed = Prefix.parse(prefix);
        packer.reset();
        packer.withdraw(parsed.family(), parsed.address().hi(), parsed.address().lo(), parsed.length());
        send(packer.take());
    }

    void endOfRib(AddressFamily family) {
        send(ControlMessages.endOfRib(family));
    }

    void send(byte[] message) {
        inbox.add(new SessionInput.Messages(message, message.length));
    }

    void drain() {
        taken = 0;
    }

    @Override
    public String peer() {
        return name;
    }

    @Override
    public @Nullable SessionInput poll() {
        return inbox.poll();
    }

    @Override
    public Offer offer(long sessionNumber, byte[] bytes, int offset, int length) {
        SessionUp session = up;
        if (session == null || session.sessionNumber() != sessionNumber) {
            return Offer.GONE;
        }
        if (taken >= room) {
            return Offer.FULL;
        }
        taken += length;
        DecodeContext context = new DecodeContext(name, families, true, as == localAs, new Asn(as), new Asn(localAs), List.of(), 4096, false, false);
        for (int at = offset; at < offset + length; ) {
            int size = (bytes[at + 16] & 0xff) << 8 | bytes[at + 17] & 0xff;
            if (bytes[at + 18] == ControlMessages.ROUTE_REFRESH) {
                refreshes.add((bytes[at + 20] & 0xff) + "/" + bytes[at + 21]);
            } else {
                messages++;
                Outcome outcome = new UpdateDecoder(attributes).decode(bytes, at, size, context, new Receiver());
                if (outcome instanceof Outcome.Reset reset) {
                    errors.add(reset.why());
                }
            }
            at += size;
        }
        return Offer.ACCEPTED;
    }

    @Override
    public void end(long sessionNumber, Notification notification, String why, Optional<Integer> retryAfterSeconds) {
        ended = notification;
        retry = retryAfterSeconds;
        fall(false);
    }

    private final class Receiver implements UpdateSink {
        @Override
        public void withdraw(AddressFamily family, long hi, long lo, int length) {
            withdrawals++;
            holds.remove(new Prefix(new IpAddress(family, hi, lo), length));
        }

        @Override
        public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
            prefixesTold++;
            holds.put(new Prefix(new IpAddress(family, hi, lo), length), Sets.text(attributes, attributeId));
            mostHeld = Math.max(mostHeld, holds.size());
        }

        @Override
        public void endOfRib(AddressFamily family) {
            endOfRibs.merge(family, 1, Integer::sum);
        }

        @Override
        public void error(UpdateError error) {
            errors.add(error.line());
        }
    }
}
