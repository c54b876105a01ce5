package tombolo.dataplane.adapter.nflog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.nftables.PacketLog;
import tombolo.api.resource.IpProtocol;
import tombolo.dataplane.adapter.nftables.Space;
import tombolo.linux.adapter.LinuxNetlink;

/** NFLOG on a real kernel: rules made by nft, packets of ping. */
class KernelPacketLogTest {
    private final LinuxNetlink netlink = new LinuxNetlink();
    private final ConcurrentLinkedQueue<LoggedPacket> heard = new ConcurrentLinkedQueue<>();
    private Space space;
    private KernelPacketLog log;

    @BeforeEach
    void open() {
        space = new Space();
        log = new KernelPacketLog(netlink, Optional.of(space.path()));
        space.ip("link add one type veth peer name two");
        space.ip("link set two up");
        space.ip("addr add 10.1.0.1/24 dev one");
        space.ip("addr add fd01::1/64 dev one nodad");
        space.ip("link set one up");
        space.ip("neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev one");
        space.ip("neigh add fd01::2 lladdr 02:00:00:00:00:02 dev one");
        // Nobody is at the other end: what is logged is enough.
        space.nft("table inet other {\n chain out {\n type filter hook output priority 0;\n meta l4proto { icmp, icmpv6 } ip6 daddr fd01::2 log prefix \"six\" group 7 snaplen 128\n"
                + " meta l4proto icmp ip daddr 10.1.0.2 log prefix \"four\" group 7 snaplen 128\n }\n}\n");
    }

    @AfterEach
    void close() {
        log.close();
        netlink.close();
        space.close();
    }

    private PacketLog.Listening listen() {
        PacketLog.Listening listening = log.listen(7, heard::addAll);
        Space.eventually("listening: " + listening.counts(), () -> listening.counts().listening());
        return listening;
    }

    /** Echo requests that nobody answers; with a deadline (-w) ping would wait for answers until then. */
    private void ping(String to, int count) {
        Namespace.run(space.inside("sh", "-c", "timeout 10 ping -c " + count + " -i 0.002 -W 0.1 " + to + " >/dev/null; true"));
    }

    @Test
    void packetsOfBothFamiliesAreHeardWithPrefixInterfaceAndAddresses() {
        try (PacketLog.Listening listening = listen()) {
            ping("10.1.0.2", 3);
            ping("fd01::2", 3);
            Space.eventually("both heard: " + heard, () -> heard.stream().map(LoggedPacket::prefix).distinct().count() == 2);
            LoggedPacket four = heard.stream().filter(packet -> packet.prefix().equals("four")).findFirst().orElseThrow();
            assertEquals("one", four.outputInterface());
            assertEquals("", four.inputInterface());
            assertEquals("10.1.0.1 10.1.0.2", four.source() + " " + four.destination());
            assertEquals(IpProtocol.ICMP, four.protocol());
            assertEquals(8, four.icmpType());
            assertEquals(84, four.bytes());
            LoggedPacket six = heard.stream().filter(packet -> packet.prefix().equals("six")).findFirst().orElseThrow();
            assertEquals("fd01::1 fd01::2 ICMPv6 128", six.source() + " " + six.destination() + " " + six.protocol() + " " + six.icmpType());
            assertEquals(0, listening.counts().lost());
        }
    }

    @Test
    void aGroupThatAnotherListensToIsToldAndTakenOnceItIsFree() {
        PacketLog.Listening first = listen();
        try (PacketLog.Listening second = log.listen(7, heard::addAll)) {
            Space.eventually("told: " + second.counts(), () -> second.counts().problem().isPresent());
            assertTrue(second.counts().problem().get().startsWith("TMB-NFL-001") && second.counts().problem().get().contains("another program"), second.counts().toString());
            first.close();
            Space.eventually("taken: " + second.counts(), () -> second.counts().listening());
            ping("10.1.0.2", 1);
            Space.eventually("heard", () -> !heard.isEmpty());
        }
    }

    @Test
    void whatComesTooFastIsCountedAsLostAndNothingIsCountedTwice() {
        List<Integer> slow = new java.util.concurrent.CopyOnWriteArrayList<>();
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        try (PacketLog.Listening listening = log.listen(7, packets -> {
            slow.add(packets.size());
            try {
                go.await(20, java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            Space.eventually("listening", () -> listening.counts().listening());
            // One packet holds the listener up; the flood behind it is more than the socket's buffer.
            ping("10.1.0.2", 1);
            Space.eventually("held up", () -> !slow.isEmpty());
            Namespace.run(space.inside("sh", "-c", "timeout 10 ping -q -l 20000 -c 20000 -s 8 -W 0.1 10.1.0.2 >/dev/null; true"));
            go.countDown();
            Space.eventually("the buffer was full", () -> listening.counts().overruns() > 0);
            // How many are missing is known with the next packet that is heard.
            Space.eventually("lost some", () -> {
                ping("10.1.0.2", 1);
                return listening.counts().lost() > 0;
            });
            // What is read is counted first and handed out then.
            Space.eventually("each is counted once: " + listening.counts() + ", heard " + slow.size(), () -> slow.stream().mapToInt(Integer::intValue).sum() == listening.counts().packets());
        }
    }
}
