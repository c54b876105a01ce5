package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Probed;
import tombolo.api.policy.Policies.Question;
import tombolo.api.resource.IpProtocol;
import tombolo.dataplane.adapter.nftables.KernelProbe;
import tombolo.linux.adapter.LinuxRawPackets;

/** What the host says to itself, and by what a pod (0) finds it: the kernel's answer and the model's. */
class HostItselfTest {
    @Test
    void aHostEndpointThatNamesTheLoopbackInterfaceDecidesBothWaysAsTheModelSays() throws Exception {
        try (RunningPolicy running = new RunningPolicy(1, List.of()); DatagramChannel from = running.pods.socket(-1, "10.0.0.254", 4000); DatagramChannel to = running.pods.socket(-1, "10.0.0.254", 4001)) {
            running.node.linksCame(new ProbeTest.Interfaces("cali0"));
            running.put("HostEndpoint", "'name':'loop','labels':{'host':'loop'}", "'node':'here','interfaceName':'lo'");
            int allowed = 0;
            for (String spec : List.of("'types':['Ingress','Egress']", "'types':['Ingress','Egress'],'ingress':[{'action':'Allow'}]", "'types':['Ingress','Egress'],'egress':[{'action':'Allow'}]",
                    "'types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow','protocol':'UDP'}]")) {
                running.put("GlobalNetworkPolicy", "'name':'loop'", "'selector':'host == `loop`'," + spec);
                boolean said = running.node.explain(new Question("10.0.0.254", "10.0.0.254", IpProtocol.UDP, OptionalInt.of(4001))).allowed();
                assertEquals(said, Pods.passes(from, to, said), spec);
                allowed += said ? 1 : 0;
            }
            assertEquals(1, allowed);
        }
    }

    @Test
    void theMessagesByWhichAPodFindsItsNeighboursReachThisHostWhateverItsPolicyIsAsTheModelSays() {
        try (RunningPolicy running = new RunningPolicy(1, List.of())) {
            KernelProbe kernel = new KernelProbe(running.netlink, new LinuxRawPackets(running.netlink), running.writer, Optional.of("/run/netns/" + running.pods.router()));
            kernel.begin();
            running.node.packetProbe(Optional.of(kernel));
            running.node.containers(Optional.of(ProbeTest.Containers.of(running, 1)));
            running.node.linksCame(new ProbeTest.Interfaces("cali0"));
            running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
            running.policy("shut", "'selector':'all()','types':['Egress']");
            for (int type : List.of(130, 133, 134, 135, 136, 128)) {
                Probed probed = running.node.probe(new Question("x/pod0", "fd00::fe", IpProtocol.ICMPV6, OptionalInt.of(type)));
                assertEquals(Optional.of(type != 134 && type != 128), probed.passed(), probed.toString());
                assertTrue(probed.agrees(), probed.toString());
            }
        }
    }
}
