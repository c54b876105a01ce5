/**
 * The only native code of the gateway: netlink and UDP sockets through the Foreign Function and Memory API, with no JNI and no program executed.
 *
 * <pre>
 *  tombolo.api.kernel.Netlink ──► LinuxNetlink ──► LinuxNetlinkSocket ──► LibC ──► socket, bind, setsockopt, send, recv, poll, eventfd, close
 *                                     └ another namespace: thread tombolo-netns: setns there, socket(), setns back
 *  tombolo.api.kernel.Datagrams ► LinuxDatagramSockets ──► LibC ──► sendto, recvmsg with control data, ppoll, setpriority
 * </pre>
 *
 * What it knows is sockets, not messages: the rtnetlink codec is pure code of gateway-dataplane. Invariants: native memory never leaves this package (callers
 * pass arrays); a socket is bound before use, since the kernel sends no notifications to port 0; a receiver can always be woken (eventfd beside the socket
 * in poll); closing waits for the sender and the receiver, so that no call works on a descriptor number that was given to someone else; only the thread
 * {@code tombolo-netns} ever changes its namespace, and it starts no thread.
 *
 * <p>The JVM needs {@code --enable-native-access=ALL-UNNAMED}; bundles are unnamed modules to it. Man pages: netlink(7), rtnetlink(7), setns(2), eventfd(2).
 * Constants are those of x86-64 and arm64 alike.
 */
@NullMarked
package tombolo.linux.adapter;

import org.jspecify.annotations.NullMarked;
