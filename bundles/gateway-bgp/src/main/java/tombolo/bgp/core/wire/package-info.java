/**
 * UPDATE messages and path attributes: from octets to tables of numbers, and back.
 *
 * <pre>
 *              ┌────────────── UpdateDecoder ──────────────┐                       ┌── UpdatePacker ──┐
 * UPDATE ────► │ AttributeReader ─ AttributeRules ─ Faults │ ─► UpdateSink         │ AttributeForm    │ ────► UPDATEs
 *              └──────┬────────────────────────────────────┘    withdraw           └──────▲───────────┘
 *                     │ canonical set                           announce (prefix, id)     │ id
 *                     ▼                                         endOfRib                  │
 *               AttributeTable  id ─► columns, octets ◄── AttributeEditor ◄── OutboundAttributes (one for each update group)
 *               NextHopTable                              set, prepend, add communities
 * </pre>
 *
 * <h2>The canonical form of a set</h2>
 * Whatever way a set comes in, it has one form in the table, so that equal sets are one number:
 * <pre>
 * +----------+----------+-----+    attribute: | flags | type | length (1 octet, 2 with E) | value |
 * | attribute| attribute| ... |    ascending by type, none twice; E only where the length needs it; the low four flag bits zero
 * +----------+----------+-----+
 * AS_PATH, AGGREGATOR   always with 4-octet ASes; AS4_PATH and AS4_AGGREGATOR are merged in and gone (RFC 6793 §4.2.3)
 * NEXT_HOP (3)          of IPv4 routes, also where it came in MP_REACH_NLRI
 * MP_REACH_NLRI (14)    of IPv6 routes, a pseudo attribute: its value is only the next hop, 16 octets, or 32 with the link-local one (RFC 2545 §3)
 * unknown, transitive   octet for octet, with Partial (RFC 4271 §5); unknown, non-transitive: gone
 * prefixes              never inside
 * </pre>
 *
 * <h2>How faults are handled</h2>
 * A message is read whole before anything of it is applied. Each fault names an action (RFC 7606 §2); the strongest of all decides (§3 h): discard the
 * attribute, treat all announced prefixes of the message as withdrawn, or reset. A message with a fault but without an announced prefix resets unless
 * the fault costs only an attribute (§5.2). Where this speaker must choose, it chooses the session reset rather than disabling an address family.
 * {@link tombolo.bgp.core.wire.AttributeRules} holds the table of all values, {@link tombolo.bgp.core.wire.UpdateError} the form of the line.
 *
 * <h2>Speed</h2>
 * Nothing is allocated for a prefix, nor for a set that is known. A set from a 4-octet peer whose octets are known, up to the length form of their
 * heads, and were found sound for the same kind of peer is not checked again: one walk, one hash, one comparison. Numbers instead of references keep a
 * table of 100,000 sets at about 130 octets for each, in primitive arrays that another bundle version can adopt
 * ({@link tombolo.bgp.core.wire.AttributeTable#export}).
 *
 * <h2>Invariants</h2>
 * <ul>
 * <li>Every id handed out with a reference is released once; a set without references is gone, and its number may be given to another.</li>
 * <li>What is remembered about a set ({@link tombolo.bgp.core.wire.AttributeMemo}) is tied to number and generation and holds no reference.</li>
 * <li>A set that does not fit a peer's message is not sent and never cut; the caller is told.</li>
 * <li>One Loop: no locks, nothing here is for two threads.</li>
 * </ul>
 *
 * <h2>Standards</h2>
 * RFC 4271 §4.3, §5, §6.3 · 7606 · 6793 · 4760 · 2545 · 1997 · 4360 · 5668 · 5701 · 8092 · 7607 · 4456 §8 (attributes) · 4724 §2 (End-of-RIB) · 8654 · 9234 §5 (OTC
 * is checked and carried; roles are not acted on) · 9774 (by configuration) · 8669 and 9012 (checked, not acted on). DEVIATION: an eBGP speaker may leave a
 * third party's next hop on a shared subnet (RFC 4271 §5.1.3); here an eBGP peer gets our own address unless {@code next-hop = keep} or a filter says
 * otherwise. The same subnet cannot be told from the octets, and the router in between always works.
 *
 * <h2>Known gaps</h2>
 * IPv4 over IPv6 next hops (RFC 8950) and ADD-PATH (RFC 7911) are not negotiated, so not read; confederation segments are refused (RFC 5065 §5) since this
 * speaker is in no confederation; AIGP (RFC 7311) is dropped as an unknown non-transitive attribute.
 */
@NullMarked
package tombolo.bgp.core.wire;

import org.jspecify.annotations.NullMarked;
