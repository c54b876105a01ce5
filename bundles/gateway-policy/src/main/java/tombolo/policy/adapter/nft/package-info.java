/**
 * The compiled policy as chains and sets of the packet filter.
 *
 * <pre>
 *  policy-forward (hook forward)
 *    established, related ─► accept
 *    from a workload's interface: of no flow (invalid) ─► drop, else ─► policy-sent
 *      from4, from6: interface . source address ─► number ─► policy-e-…    one map says at once whose packet it is and that its source is its own, another which list that is
 *      otherwise ─► policy-strange: the networks that it may send from besides, else drop
 *
 *  policy-deliver (hook forward, behind it)
 *    established, related ─► accept
 *    to a workload's interface: of no flow (invalid) ─► drop, else ─► policy-received
 *      to: interface out ─► number ─► policy-i-…
 *
 *  policy-input (hook input)   as policy-forward, for what endpoints send to this host; behind it policy-to-host drops it where defaultEndpointToHostAction says so
 *
 *  policy-own (hook output)    where flows are cut: of TCP that this host sends to endpoints, what belongs to no flow and does not begin one
 *
 *  policy-host-…               host endpoints: see HostTable
 *
 *  policy-e-…, policy-i-…   the policies of all endpoints that have the same ones: tier by tier, then the profiles, then drop
 *    ├─► policy-out-…, policy-in-…   one chain for a policy and direction, shared by all its endpoints; a rule of it is one or a few of the kernel's
 *    └─► policy-deny-in-…, policy-deny-out-…   one chain for each rule that denies: it logs, so many a second, and drops ({@link tombolo.policy.adapter.nft.NftLog})
 *  policy-log-share   how many all of them together may log
 * </pre>
 *
 * <p>Each stage of a packet's way is a chain of its own at the hook, and what one accepts goes on to the next: so a policy's chain serves whoever jumps to it, and "allow" is the
 * kernel's accept. What doNotTrack and preDNAT policies allow goes through a chain that marks the packet.
 *
 * <p>Rules of a policy that follow each other and ask for no selector are one lookup for all of them, see {@code Runs}: a packet pays for lists of a thousand what it pays
 * for one. Of other rules the protocol and the ports are compared first, and sets looked at only for packets that have these.
 *
 * <p>Chains and helper sets whose content can change as a whole are named by it: another content is another name, so that an endpoint moves from one to another by two
 * elements of maps. A set of a selector is one of single addresses for as long as there is nothing else in it, since the kernel finds and adds those at once, and one
 * of intervals otherwise.
 *
 * <p>A rule that passes sets a bit of the packet's mark ({@code NftRules.PASS}) and returns; behind the jump to such a policy, and only there, the tier's chain looks
 * at it and returns to the endpoint's, where the next tier is. Before the jump to such a tier it is cleared.
 *
 * <p>DEVIATION: without a word in FelixConfiguration, what an endpoint's policy lets it send to this host is accepted, as Calico's own manifests have it; Felix alone would drop
 * it. What this host itself sends to its endpoints is always accepted, as in Calico, but for what would bring a connection of TCP back that was cut.
 *
 * <p>A host endpoint at a bridge with an uplink is one of the wire: what endpoints behind the bridge send and get is decided by their own policies alone. One at a bridge without is asked about what
 * is forwarded for them, as one that names a workload's interface is.
 *
 * <p>What endpoints send of what tunnels between nodes carry, VXLAN and IP in IP, is dropped before their policies, unless FelixConfiguration allows it.
 *
 * <p>Known gaps: what host endpoints drop because it is of no flow is counted and not logged. Of UDPLite no flow is known (connection tracking takes its packets for invalid), so that an
 * answer needs a rule of its own. Beside an uplink of the bridge, an endpoint that nobody knows yet is not closed, and whoever on the wire sends under an endpoint's hardware address and its address together is taken for it:
 * the hooks of this family know the bridge and not its port.
 */
@NullMarked
package tombolo.policy.adapter.nft;

import org.jspecify.annotations.NullMarked;
