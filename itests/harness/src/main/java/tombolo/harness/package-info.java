/**
 * A network to test in: namespaces, links between them, and real routing daemons inside.
 *
 * <pre>
 *   Namespace ──Veth──  Namespace          each made under a prefix of its own, each removed again
 *      │                    │
 *    Bird               Frr / GoBgp / GatewayNode     started directly (no service manager), private files under /run/tombolo,
 *      └──── Daemon ────────┘                         known by pid and start time, ended by pid
 * </pre>
 *
 * Who uses it: {@code itests/lab}, {@code itests/interop}, {@code itests/bench}. It is plain Java on top of the {@code ip} program:
 * {@code ip netns exec} costs some 4 ms, which is nothing here.
 *
 * <p>Invariants. Nothing outside the namespaces of one's own prefix is changed: no address, route, sysctl or service of the machine.
 * A process is ended only when its pid still has the start time that was noted when it was started, so that a pid that the kernel has
 * given to somebody else is left alone. There is no sleep: every wait is an {@link tombolo.harness.Await} on a condition with a bound.
 *
 * <p>FRR's daemons give up root for user {@code frr}, who may not be able to enter the folder the project lies in. Their files are
 * therefore in {@code /run/tombolo/<namespace>}, which also keeps the paths of UNIX sockets under their limit of 107 octets.
 */
@NullMarked
package tombolo.harness;

import org.jspecify.annotations.NullMarked;
