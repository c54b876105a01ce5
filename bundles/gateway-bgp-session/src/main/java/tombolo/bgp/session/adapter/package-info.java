/** TCP by Netty's epoll transport, timers, inbox and outbox around the pure machine of {@code core}. One event loop thread writes all of it. */
@NullMarked
package tombolo.bgp.session.adapter;

import org.jspecify.annotations.NullMarked;
