package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** BFD sessions: {@code bfd:list} and {@code bfd:show}. */
public final class BfdViews {
    private BfdViews() { }

    public static Document list(Services services, long nowMillis) {
        Bfd bfd = services.need(Bfd.class);
        List<BfdStatus> all = bfd.sessions();
        Bfd.Health health = bfd.health();
        return new Document(map("sessions", all.stream().map(BfdViews::json).toList(), "health", json(health)), screen -> {
            StringBuilder text = new StringBuilder();
            if (all.isEmpty()) {
                text.append("No BFD session. A BGP peer asks for one by bfd = on in its file.\n");
            } else {
                Table table = new Table("REMOTE", "LOCAL", "INTERFACE", "STATE", ">FOR", ">SEND ms", ">RECEIVE ms", ">DOWN AFTER ms", ">DOWNS", "HELD BY", "");
                all.forEach(one -> table.row(one.path().remote(), one.path().local(), one.path().multihop() ? "multihop" : one.path().interfaceName().orElse("-"), state(one.state()),
                        Text.duration((nowMillis - one.sinceMillis()) / 1_000), millis(one.transmitMicros()), millis(one.receiveMicros()), millis(one.detectionMicros()), one.downs(),
                        String.join(", ", one.holders()), one.detail()));
                text.append(table.render(screen));
            }
            if (!health.trouble().isEmpty()) {
                text.append('\n').append(Tone.BAD.paint(Table.clean(health.trouble()), screen)).append('\n');
            }
            return text.toString();
        });
    }

    /** @param remote an address, or the name of a BGP peer */
    public static Document show(Services services, String remote, long nowMillis) {
        Bfd bfd = services.need(Bfd.class);
        List<BfdStatus> found = bfd.sessions().stream().filter(one -> one.path().remote().toString().equals(canonical(remote)) || one.holders().contains("bgp peer " + remote)).toList();
        if (found.isEmpty()) {
            throw new Failure("TMB-SHL-031 there is no BFD session to " + remote + ". bfd:list shows those there are; a BGP peer asks for one by bfd = on.");
        }
        Bfd.Health health = bfd.health();
        return new Document(map("sessions", found.stream().map(BfdViews::json).toList(), "health", json(health)), screen -> {
            List<String> texts = new ArrayList<>();
            found.forEach(one -> texts.add(facts(one, nowMillis)));
            return String.join("\n", texts) + "\n" + facts(health);
        });
    }

    /** What {@code bfd:show} takes. */
    public static List<String> remotes(Services services) {
        return services.find(Bfd.class).map(bfd -> bfd.sessions().stream().map(one -> one.path().remote().toString()).distinct().toList()).orElse(List.of());
    }

    private static String canonical(String remote) {
        try {
            return tombolo.api.net.IpAddress.parse(remote).toString();
        } catch (IllegalArgumentException e) {
            return remote;
        }
    }

    private static String facts(BfdStatus one, long nowMillis) {
        return Text.facts("remote", one.path().remote(), "local", one.path().local().map(Object::toString).orElse("the kernel's choice"),
                "kind", one.path().multihop() ? "multihop (RFC 5883)" : "single hop (RFC 5881)" + one.path().interfaceName().map(name -> " by " + name).orElse(""),
                "held by", String.join(", ", one.holders()), "state", Text.camel(one.state()) + " for " + Text.duration((nowMillis - one.sinceMillis()) / 1_000)
                        + (one.detail().isEmpty() ? "" : "; " + one.detail()),
                "remote state", Text.camel(one.remoteState()), "diagnostic", one.diagnostic(), "remote diagnostic", one.remoteDiagnostic(),
                "discriminators", hex(one.localDiscriminator()) + " here, " + hex(one.remoteDiscriminator()) + " there",
                "sends every", interval(one.transmitMicros()) + (one.remoteDemand() ? "; the neighbour has asked for demand mode" : ""), "receives every", interval(one.receiveMicros()),
                "down after", interval(one.detectionMicros()) + " of silence", "multipliers", one.multiplier() + " here, " + one.remoteMultiplier() + " there",
                "authentication", one.authentication().map(kind -> Text.lower(kind).replace('_', '-')).orElse("none"),
                "packets", one.packetsOut() + " out, " + one.packetsIn() + " in, " + one.packetsRefused() + " refused", "downs", one.downs());
    }

    private static String facts(Bfd.Health health) {
        return Text.facts("thread late", millis(health.recentLateMicros()) + " ms at most in the last minute, " + millis(health.longestLateMicros()) + " ms since start"
                + (health.urgent() ? "" : "; it runs with no raised priority"), "datagrams of no session", health.packetsRefused())
                + (health.trouble().isEmpty() ? "" : Table.clean(health.trouble()) + "\n");
    }

    private static Cell state(BfdState state) {
        return new Cell(Text.camel(state), state == BfdState.UP ? Tone.GOOD : state == BfdState.DOWN ? Tone.BAD : Tone.WARN);
    }

    private static String hex(int discriminator) {
        return String.format("0x%08x", discriminator);
    }

    private static String interval(long micros) {
        return micros == 0 ? "-" : millis(micros) + " ms";
    }

    private static String millis(long micros) {
        return micros % 1_000 == 0 ? Long.toString(micros / 1_000) : String.format(Locale.ROOT, "%.1f", micros / 1_000.0);
    }

    private static Map<String, Object> json(Bfd.Health health) {
        return map("urgent", health.urgent(), "longestLateMicros", health.longestLateMicros(), "recentLateMicros", health.recentLateMicros(), "packetsRefused", health.packetsRefused(),
                "trouble", health.trouble());
    }

    private static Map<String, Object> json(BfdStatus one) {
        return map("remote", one.path().remote().toString(), "local", one.path().local().map(Object::toString), "interface", one.path().interfaceName(), "multihop", one.path().multihop(),
                "holders", one.holders(), "state", Text.camel(one.state()), "remoteState", Text.camel(one.remoteState()), "since", Text.time(one.sinceMillis()), "diagnostic", one.diagnostic(),
                "remoteDiagnostic", one.remoteDiagnostic(), "localDiscriminator", Integer.toUnsignedLong(one.localDiscriminator()),
                "remoteDiscriminator", Integer.toUnsignedLong(one.remoteDiscriminator()), "transmitMicros", one.transmitMicros(), "receiveMicros", one.receiveMicros(),
                "detectionMicros", one.detectionMicros(), "multiplier", one.multiplier(), "remoteMultiplier", one.remoteMultiplier(),
                "authentication", Optional.of(one.authentication().map(kind -> Text.lower(kind).replace('_', '-')).orElse("none")), "packetsOut", one.packetsOut(),
                "packetsIn", one.packetsIn(), "packetsRefused", one.packetsRefused(), "downs", one.downs(), "detail", one.detail(), "remoteDemand", one.remoteDemand(),
                "remoteIndependent", one.remoteIndependent());
    }
}
