package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.policy.Policies.FlowEnd;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;

/** What is remembered of packets, and whose an address is. */
class FlowMemoryTest {
    private static final FlowLog.Ends NOBODY = new FlowLog.Ends() {
        @Override
        public FlowEnd source(FlowLog.Seen seen) {
            return new FlowEnd(seen.packet().source().toString(), Optional.empty(), new TreeMap<>());
        }

        @Override
        public FlowEnd destination(FlowLog.Seen seen) {
            return new FlowEnd(seen.packet().destination().toString(), Optional.empty(), new TreeMap<>());
        }

        @Override
        public Optional<String> at(FlowLog.Seen seen) {
            return Optional.empty();
        }
    };

    private static FlowLog.Seen seen(boolean denied, int port, long millis) {
        return new FlowLog.Seen(denied ? FlowLog.DENY : FlowLog.LOG, Direction.INGRESS, false, "p", 1, new LoggedPacket(millis, "", "", "", IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2"), IpProtocol.TCP, port, 80, -1, -1, 60));
    }

    private static List<String> told(FlowLog log, boolean denied, long since) {
        return log.flows(denied, since, _ -> true).stream().map(flow -> flow.verdict() + " " + flow.sourcePort() + " x" + flow.packets() + " " + (flow.lastMillis() - flow.firstMillis())).toList();
    }

    @Test
    void packetsOfAFlowAreOneEntryWhichEndsWithALongPause() {
        FlowLog log = new FlowLog(10);
        log.add(seen(true, 1, 1000), NOBODY);
        log.add(seen(false, 1, 1001), NOBODY);
        log.add(seen(true, 1, 1500), NOBODY);
        assertEquals(List.of("log 1 x1 0", "deny 1 x2 500"), told(log, false, 0));
        assertEquals(List.of("deny 1 x2 500"), told(log, true, 0));
        assertEquals(List.of(), told(log, false, log.last()));
        log.add(seen(true, 1, 10_000_000), NOBODY);
        assertEquals(List.of("log 1 x1 0", "deny 1 x1 0"), told(log, false, 0));
    }

    @Test
    void theFlowThatWasSilentLongestMakesRoomAndIsCounted() {
        FlowLog log = new FlowLog(3);
        for (int port = 1; port <= 3; port++) {
            log.add(seen(true, port, port), NOBODY);
        }
        log.add(seen(true, 1, 4), NOBODY);
        log.add(seen(true, 4, 5), NOBODY);
        assertEquals(List.of("deny 3 x1 0", "deny 1 x2 3", "deny 4 x1 0"), told(log, true, 0));
        assertEquals(1, log.forgotten());
        assertEquals(List.of("deny 1 x2 3", "deny 4 x1 0"), told(log, true, 3));
    }

    @Test
    void anAddressIsThatOfTheFirstEndpointByNameWhateverTheOrder() {
        AddressBook book = new AddressBook("here");
        IpAddress address = IpAddress.parse("10.0.0.1");
        String spec = "'orchestrator':'k8s','node':'%s','pod':'%s','endpoint':'eth0','containerID':'c','interfaceName':'cali1','ipNetworks':['10.0.0.1/32']";
        book.put(Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'there-k8s-b-eth0'", spec.formatted("there", "b"), 1));
        assertEquals(Optional.of("x/b"), book.at(address).map(AddressBook.Holder::name));
        assertEquals(Optional.empty(), book.behind("cali1"), "another node's interface is none of ours");
        book.put(Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-a-eth0'", spec.formatted("here", "a"), 2));
        assertEquals(Optional.of("x/a"), book.at(address).map(AddressBook.Holder::name));
        assertEquals(Optional.of("x/a"), book.behind("cali1").map(AddressBook.Holder::name));
        book.remove(ResourceId.of("WorkloadEndpoint", "x", "here-k8s-a-eth0"));
        assertEquals(Optional.of("x/b"), book.at(address).map(AddressBook.Holder::name));
        assertEquals(Optional.empty(), book.behind("cali1"));
        book.put(Cluster.read("HostEndpoint", "'name':'h'", "'node':'here','interfaceName':'eth9','expectedIPs':['10.0.0.1']", 3));
        assertEquals(Optional.of("h"), book.at(address).map(AddressBook.Holder::name));
        List<Flow> none = new FlowLog(1).flows(false, 0, _ -> true);
        assertEquals(List.of(), none);
    }
}
