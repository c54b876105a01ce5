/**
 * The gateway, BIRD and FRR beside each other on the same table, in the same run.
 *
 * <pre>
 *   namespace tmbt-bench-gen                                namespace tmbt-bench-dut
 *   ┌────────────────────────────────┐   one veth pair     ┌──────────────────┐
 *   │ this JVM                       │   a /30 per peer    │ gateway | bird | │
 *   │  Speaker 1..n  ── UPDATEs ───────────────────────────►  bgpd            │  a fresh process for each line of the table
 *   │  Receiver      ◄─────────────────────────────────────                   │
 *   └────────────────────────────────┘                     └──────────────────┘
 * </pre>
 *
 * <b>What is sent.</b> {@link tombolo.bench.Table}: prefixes in the mix of lengths of the Internet, 6.4 of them to an attribute set on
 * average, from a seed that is printed. Every message is encoded before the clock starts; while it runs, the sender copies bytes.
 *
 * <p><b>What is measured.</b> Wall time from the first octet of the first UPDATE after all sessions are Established, to the moment when
 * the receiver holds the whole expected content; CPU seconds of the measured process in that span (/proc/pid/stat), and its peak
 * resident memory (VmHWM). For the kernel scenarios: to the moment when the kernel's table holds all prefixes, seen by polling
 * /proc/pid/net/fib_triestat, the same for all.
 *
 * <p><b>What is compared.</b> {@link tombolo.bench.Receiver} keeps, for every prefix, a hash over ORIGIN, AS_PATH, NEXT_HOP and all other
 * attributes as they came, against the hash of what must come. A count alone could hide a wrong path. Order does not matter.
 *
 * <p><b>Independence.</b> The speaker shares no line with the product's codec: a mistake made there is not made here again.
 *
 * <p>The load generator must be far faster than what it measures: the first line of every run is the generator against its own receiver.
 */
@NullMarked
package tombolo.bench;

import org.jspecify.annotations.NullMarked;
