package tombolo.policy.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.policy.Policies.FlowEnd;
import tombolo.api.resource.IpProtocol;

/**
 * What was denied or logged lately, packets of one flow and rule in one entry. It holds so many flows; the one that was silent longest makes room. Time comes with the
 * packets. One thread.
 */
public final class FlowLog {
    /** A flow that pauses so long is told as another one. */
    private static final long PAUSE_MILLIS = 600_000;
    /** Verdicts. */
    public static final String DENY = "deny";
    public static final String LOG = "log";
    /** A flow was ended. */
    public static final String CUT = "cut";

    private record Key(String verdict, Direction direction, boolean host, String policy, int rule, tombolo.api.net.IpAddress source, tombolo.api.net.IpAddress destination, IpProtocol protocol,
                       int sourcePort, int destinationPort, int icmpType, int icmpCode) { }

    /**
     * One packet and why it is told of.
     *
     * @param verdict {@link #DENY}, {@link #LOG} or {@link #CUT}
     * @param host   whether it is known to have been a host endpoint's
     * @param policy in words
     * @param rule   from 1; 0 where none of its rules
     */
    public record Seen(String verdict, Direction direction, boolean host, String policy, int rule, LoggedPacket packet) { }

    /** Whose the two addresses are, and at which endpoint it was; asked once for each flow. */
    public interface Ends {
        FlowEnd source(Seen seen);

        FlowEnd destination(Seen seen);

        Optional<String> at(Seen seen);
    }

    private final int most;
    private final Map<Key, Flow> flows = new LinkedHashMap<>();
    private long last;
    private long forgotten;

    /** @param most flows that are remembered */
    public FlowLog(int most) {
        this.most = most;
    }

    public void add(Seen seen, Ends ends) {
        LoggedPacket packet = seen.packet;
        Key key = new Key(seen.verdict, seen.direction, seen.host, seen.policy, seen.rule, packet.source(), packet.destination(), packet.protocol(), packet.sourcePort(), packet.destinationPort(),
                packet.icmpType(), packet.icmpCode());
        @Nullable Flow before = flows.remove(key); // what follows puts it to the end
        boolean same = before != null && packet.timeMillis() - before.lastMillis() < PAUSE_MILLIS;
        last++;
        flows.put(key, before != null && same
                ? new Flow(last, before.firstMillis(), packet.timeMillis(), before.verdict(), before.direction(), before.at(), before.policy(), before.rule(), before.source(), before.destination(),
                        before.protocol(), before.sourcePort(), before.destinationPort(), before.icmp(), before.packets() + 1, before.bytes() + packet.bytes())
                : new Flow(last, packet.timeMillis(), packet.timeMillis(), seen.verdict, seen.direction, ends.at(seen), seen.policy, seen.rule, ends.source(seen), ends.destination(seen),
                        packet.protocol(), packet.sourcePort(), packet.destinationPort(),
                        packet.icmpType() < 0 ? Optional.empty() : Optional.of("type " + packet.icmpType() + " code " + packet.icmpCode()), 1, packet.bytes()));
        if (flows.size() > most) {
            flows.remove(flows.keySet().iterator().next());
            forgotten++;
        }
    }

    /** @param denied only what was denied, or cut; @param since only those with a larger number */
    public List<Flow> flows(boolean denied, long since, Predicate<Flow> wanted) {
        List<Flow> found = new ArrayList<>();
        for (Flow flow : flows.values()) {
            if (flow.number() > since && (!denied || !flow.verdict().equals(LOG)) && wanted.test(flow)) {
                found.add(flow);
            }
        }
        return found;
    }

    /** The number of the last packet. */
    public long last() {
        return last;
    }

    public long forgotten() {
        return forgotten;
    }
}
