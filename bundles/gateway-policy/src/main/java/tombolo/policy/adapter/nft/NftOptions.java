package tombolo.policy.adapter.nft;

import java.util.Optional;
import tombolo.policy.core.HostInterfaces;

/**
 * What settings make of the table.
 *
 * @param log        what is logged
 * @param wholeFlows whether a TCP connection that the kernel does not know must begin with a SYN: where flows are cut, what one of its ends goes on sending must not be taken for a new one,
 *                   which the policy for the other direction may allow
 * @param bridge     behind which there may be endpoints; empty: behind none
 * @param uplink     whether it leads to the outside too, so that what comes in under its name is an endpoint's only by its hardware address
 * @param apart      whether what that uplink's wire and endpoints say to each other goes through this host both ways; else the wire reaches endpoints past it, and connection tracking sees what they
 *                   answer alone
 * @param numbered   whether interfaces lead to chains by numbers ({@link Lists}), which takes a kernel that knows security marks
 */
public record NftOptions(NftLog log, boolean wholeFlows, Optional<String> bridge, boolean uplink, boolean apart, boolean numbered) {
    public static final NftOptions DEFAULT = new NftOptions(NftLog.DEFAULT, false, Optional.empty(), false);

    public NftOptions(NftLog log, boolean wholeFlows, Optional<String> bridge, boolean uplink) {
        this(log, wholeFlows, bridge, uplink, true, true);
    }

    public NftOptions apart(boolean now) {
        return new NftOptions(log, wholeFlows, bridge, uplink, now, numbered);
    }

    public Optional<HostInterfaces.Bridge> workloadBridge() {
        return bridge.map(name -> new HostInterfaces.Bridge(name, uplink));
    }

    public NftOptions numbered(boolean now) {
        return new NftOptions(log, wholeFlows, bridge, uplink, apart, now);
    }
}
