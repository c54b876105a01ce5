/**
 * The laboratory, {@code ./gateway lab}: the product's main job on one machine, on real routers.
 *
 * <pre>
 *                                                               er-a: VLAN 100, 192.168.100.0/30
 *                                                              ┌──────────────────── tmbl-msee-a ───┐
 *   tmbl-host1 ──── tmbl-onprem ─────────── tmbl-gw ───────────┤                    FRR, AS 12076   ├─── tmbl-vnet
 *   10.1.0.10       BIRD, AS 65010          the gateway,       └──────────────────── tmbl-msee-b ───┘    BIRD, AS 65515
 *   fd00:1::10      3,000 prefixes          AS 65020            er-b: VLAN 101, 192.168.101.0/30         10.100.0.4, fd00:64::4
 *                        172.16.0.0/30
 * </pre>
 *
 * <p>Every cable is a veth pair. The two lower links of the circuit are tagged; one session for IPv4 and one for IPv6 run over each, with
 * TCP MD5, hold time 180 s and keepalive 60 s. A real circuit has the same VLAN id on both links; here they differ, because two VXLAN
 * devices, which stand for the tagged links where the kernel has no 802.1Q, may not share a VNI in one namespace.
 *
 * <p>{@code up} leaves everything running, {@code down} removes all of it. Files: {@code run/lab} in the project (configuration, keys, home of the
 * node, {@code pids}) and {@code /run/tombolo/tmbl-*} (the routers' own). Nothing outside is touched, but for packages that were missing.
 *
 * <p>{@link tombolo.lab.TwoNodes} is a laboratory of its own, {@code ./gateway lab --nodes 2}: namespaces {@code tmb2-*}, files {@code run/lab-nodes}.
 *
 * <p>{@link tombolo.lab.AzureLab} is another, {@code ./gateway lab --azure}: namespaces {@code tmba-*}, files {@code run/lab-azure}, configuration in
 * {@code itests/lab/etc-azure}.
 *
 * <p>The gateway's configuration is in {@code itests/lab/etc}: a full example of a node on a circuit.
 */
@NullMarked
package tombolo.lab;

import org.jspecify.annotations.NullMarked;
