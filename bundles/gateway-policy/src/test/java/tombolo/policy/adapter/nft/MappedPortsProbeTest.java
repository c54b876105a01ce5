package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Probed;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.IpProtocol;
import tombolo.dataplane.adapter.nat.KernelNat;
import tombolo.dataplane.adapter.nftables.KernelProbe;
import tombolo.linux.adapter.LinuxRawPackets;

/** Packets to a port of this host that leads to a container: what the kernel does with them, and what the model says. */
class MappedPortsProbeTest {
    private static void says(boolean passed, RunningPolicy running, String to, int port) {
        Probed probed = running.node.probe(new Question("x/pod0", to, IpProtocol.TCP, OptionalInt.of(port)));
        assertEquals(Optional.of(passed), probed.passed(), probed.toString());
        assertTrue(probed.agrees(), probed.toString());
    }

    @Test
    void aPacketToAMappedPortGoesWhereTheModelSaysAndIsDecidedByTheContainersPolicy() {
        try (RunningPolicy running = new RunningPolicy(2, List.of(80)); KernelNat nat = new KernelNat()) {
            KernelProbe kernel = new KernelProbe(running.netlink, new LinuxRawPackets(running.netlink), running.writer, Optional.of("/run/netns/" + running.pods.router()));
            kernel.begin();
            running.node.packetProbe(Optional.of(kernel));
            running.node.containers(Optional.of(ProbeTest.Containers.of(running, 2)));
            running.node.linksCame(new ProbeTest.Interfaces("cali0"));
            nat.writer(running.writer);
            assertInstanceOf(Nat.Outcome.Done.class, nat.all(Map.of(new EndpointId("c1", "eth0"), new Exposed(List.of(new PortMapping(8080, 80, PortMapping.Protocol.TCP, Optional.empty())),
                    List.of(new InterfaceAddress(IpAddress.parse(Pods.address(1, true)), 32), new InterfaceAddress(IpAddress.parse(Pods.address(1, false)), 128)), false))));
            running.node.nat(Optional.of(nat));
            for (String host : List.of("10.0.0.254", "fd00::fe")) {
                running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
                says(true, running, host, 8080);
                says(false, running, host, 81);
                running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Accept'");
                running.policy("web", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP','destination':{'ports':[80]}},{'action':'Allow'}]");
                says(false, running, host, 8080);
                says(true, running, host, 81);
                running.policy("web", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Deny','protocol':'TCP','destination':{'ports':[8080]}},{'action':'Allow'}]");
                says(true, running, host, 8080);
            }
            assertTrue(running.pods.nobodyHeard(), "no probe comes to a server");
        }
    }
}
