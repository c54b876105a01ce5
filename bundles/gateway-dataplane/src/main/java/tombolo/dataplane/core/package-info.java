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
 *       NextHopObjects: large set ◄─► group of next hops                        │
 *                           │ collect: objects, then redefined, then all        │ usable? resolve
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
 * <h2>Nexthop objects</h2>
 * A set that at least {@value tombolo.dataplane.core.NextHopObjects#ROWS} routes use gets a group in the kernel, and its routes name that instead of next hops
 * (RTA_NH_ID): a third less work for each route, and a redefinition is one message. {@link tombolo.dataplane.core.NextHopObjects} has the picture and the limits.
 * <ul>
 * <li>Ours are those of protocol 201 with ids from 0x74620000 to 0x7462ffff. No other is touched; an id that a stranger holds is passed over.
 * <li>A row goes through the group of its own set or through none. Where the group leads is compared for the group, once, not for each row.
 * <li>The kernel drops single next hops, groups that become empty and the routes through them, without a notification, when an interface goes down, away or
 *     loses carrier. Each change of an interface therefore reads the objects (some hundreds at most) before anything else is done; rows of a group that is gone
 *     are written again, through whatever can be had.
 * <li>Of IPv6 routes that go so it does tell, one by one, behind the end of the object: by the time that is read they may be back. A group that was lost is
 *     therefore made again under another id, and news of a route's end counts only where the row goes through the object that the news names.
 * <li>A next hop that the kernel refuses is left out of its group while others remain; where none remains, routes are written inline, and the kernel's answer
 *     to those is what people see.
 * <li>Objects go once no route uses them, after the routes.
 * </ul>
 *
 * <h2>Next hops</h2>
 * {@link tombolo.dataplane.core.ForeignRoutes} answers how an address is reached by routes that are not BGP's (RFC 4271 §9.1.2.1): longest match, then metric, as the
 * kernel forwards. It does not fall back past a route whose interface has no carrier, since the kernel does not either. An interface is usable when it and every
 * device below are up and have carrier; a VXLAN stays up while its underlay is dead, so the underlay is looked at.
 *
 * <p>References: RFC 3549 (netlink), rtnetlink(7), linux/rtnetlink.h; RFC 8950 (IPv4 routes through IPv6 next hops, RTA_VIA). Known gaps: no weights, no type
 * of service, no policy rules; a foreign route <em>prepended</em> under our prefix and metric is taken for one that replaced ours; late news of the end of a
 * route that names its own next hops, which a dump found gone and which is back, has it counted as refused until the next dump, a second later; a link-local
 * next hop is not resolved, since its interface is part of it; iproute2 cannot {@code ip route flush} routes through objects ({@code ip nexthop flush proto
 * 201} does it); with net.ipv4.nexthop_compat_mode=0, which we do not set, replacing a group costs the kernel 2 ms however many routes there are, but {@code ip
 * route} and {@code route:list} then show no gateways for them.
 */
@NullMarked
package tombolo.dataplane.core;

import org.jspecify.annotations.NullMarked;
