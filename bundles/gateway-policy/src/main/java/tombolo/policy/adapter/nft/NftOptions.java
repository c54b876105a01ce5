package tombolo.policy.adapter.nft;

import java.util.Optional;

/**
 * What settings make of the table.
 *
 * @param log        what is logged
 * @param wholeFlows whether a TCP connection that the kernel does not know must begin with a SYN: where flows are cut, what one of its ends goes on sending must not be taken for a new one,
 *                   which the policy for the other direction may allow
 * @param bridge     behind which there may be endpoints; empty: behind none
 * @param uplink     whether it leads to the outside too, so that what comes in under its name is an endpoint's only by its hardware address
 */
public record NftOptions(NftLog log, boolean wholeFlows, Optional<String> bridge, boolean uplink) {
    public static final NftOptions DEFAULT = new NftOptions(NftLog.DEFAULT, false, Optional.empty(), false);
}
