/**
 * The data plane's threads and sockets around the pure core. {@link tombolo.dataplane.adapter.Dataplane} opens and closes them together.
 *
 * <pre>
 *  thread                   socket                                        state (one writer each)
 *  tombolo-routes           writer, dump, dump of nexthop objects         DesiredRoutes          RouteSink, counts
 *  tombolo-route-listener   notifications of routes and nexthop objects
 *                           (own writes filtered)                         none: parses           hands on to routes and nexthops
 *  tombolo-links            notifications of links and addresses          LinkTable              Links, LinkListener
 *  tombolo-nexthops         none                                          ForeignRoutes          NextHopTracker
 *  the asking thread        one for each question                         none                   KernelRoutes
 * </pre>
 *
 * <h2>What makes it hold</h2>
 * <ul>
 * <li>The news that an interface failed has a thread and a socket of its own, so that no flood of routes delays it. Better news is gathered for 10 ms:
 *     a container's coming is five notifications, each of which would wake four threads.
 * <li>Work of the routes thread comes in steps of one batch (about 2 ms) and one datagram of a dump; a redefined next-hop set goes before all other routes.
 * <li>A feed has at most 32 blocks under way; then {@code offer} answers false until {@code drained}. Nothing is queued without bound.
 * <li>Notifications caused by our own writer are dropped by a socket filter in the kernel, so that a million routes written are not read back one by one.
 * <li>ENOBUFS means that notifications were lost: both tables are dumped and compared; a flood is let pass first.
 * <li>The kernel drops IPv4 routes silently when their interface goes down or loses its address: that starts a comparison too.
 * <li>Nexthop objects go silently too, with the carrier already: each change of an interface reads them anew, which takes a millisecond.
 * <li>What the kernel refuses is tried again when interfaces or addresses change, and after 1, 2, 4 ... 60 s.
 * <li>Closing stops threads and closes sockets; the kernel goes on forwarding. Only {@code removeOurs} and {@code removeAll} take routes out.
 * </ul>
 *
 * Codes: TMB-RTE routes, TMB-LNK interfaces, TMB-NHT next hops. Known gaps: {@code removeOurs} empties the tables once; a feed that goes on offering fills
 * them again, so that its owner should be drained first.
 */
@NullMarked
package tombolo.dataplane.adapter;

import org.jspecify.annotations.NullMarked;
