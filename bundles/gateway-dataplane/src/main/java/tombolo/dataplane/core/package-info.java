/**
 * What the kernel's routing tables should hold, what they do hold, and the messages that turn one into the other. Pure: bytes in, bytes out, no socket, clock,
 * thread or log.
 *
 * <pre>
 *   feeds (bgp, static)                                                     kernel
 *   define(id, next hops) ──┐                                                 │
 *   apply(RouteChanges) ────┤                                                 │ notifications, dumps
 *   inSync(family) ─────────┤                                                 ▼
 *                           ▼                                  MessageReader, RouteMessage, LinkMessage
 *     {@link tombolo.dataplane.core.DesiredRoutes} ◄──────────────────────────────────┘            │
 *       RouteTable: prefix │ desired (feed, id) │ actual (content) │ dirty             ▼
 *       RouteContents: content number ◄─► next hops, metric, MTU            LinkTable, ForeignRoutes
 *                           │ collect                                         │ usable? resolve
 *                           ▼                                                 ▼
 *     Batch ≤ 500 messages, ACK on the last ─► kernel ─► settle      LinkListener, NextHopListener
 * </pre>
 *
 * <h2>Invariants</h2>
 * <ol>
 * <li>What is computed depends on what is held now, not on the order in which it came; the tests permute the order and disturb it.
 * <li>A route is ours by its protocol number, {@link tombolo.dataplane.core.Rtnetlink#PROTOCOL}. Foreign routes are never changed: a route is added with
 *     NLM_F_EXCL, which the kernel refuses where anything of that prefix and metric exists; replaced only where ours is known to be there; and deleted by
 *     its protocol. A foreign route in the way is reported, and left; ours takes the place when it goes.
 * <li>The kernel's key of a route is prefix and metric (and a type of service that we leave 0), so a change of metric is an addition and then a deletion:
 *     traffic always has one of the two.
 * <li>Leftovers, ours in the kernel and wanted by nobody, go only when the feeds that may still want them are in sync. So a killed JVM, a swapped bundle and
 *     a restart are one case: dump, compare, change what differs, sweep last.
 * <li>A dump is read in pieces between writes. What was written, or told by a notification, since it began is newer than what it shows (flag SEEN).
 * <li>A batch is no transaction: each message stands by itself, and errors find their row by sequence number.
 * <li>No object for each route: 16 bytes a slot for IPv4, 25 for IPv6, at a load of 3/8 to 3/4.
 * </ol>
 *
 * <h2>Next hops</h2>
 * {@link tombolo.dataplane.core.ForeignRoutes} answers how an address is reached by routes that are not BGP's (RFC 4271 §9.1.2.1): longest match, then metric, as the
 * kernel forwards. It does not fall back past a route whose interface has no carrier, since the kernel does not either. An interface is usable when it and every
 * device below are up and have carrier; a VXLAN stays up while its underlay is dead, so the underlay is looked at.
 *
 * <p>References: RFC 3549 (netlink), rtnetlink(7), linux/rtnetlink.h; RFC 8950 (IPv4 routes through IPv6 next hops, RTA_VIA). Known gaps: no nexthop objects
 * (RTA_NH_ID), no weights, no type of service, no policy rules; a foreign route <em>prepended</em> under our prefix and metric is taken for one that replaced
 * ours; a link-local next hop is not resolved, since its interface is part of it.
 */
@NullMarked
package tombolo.dataplane.core;

import org.jspecify.annotations.NullMarked;
