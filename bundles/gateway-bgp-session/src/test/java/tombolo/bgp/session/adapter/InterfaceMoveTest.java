package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bgp.PeerStatus.State;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.net.IpAddress;

class InterfaceMoveTest {
    /** The peer's subnet is on one interface, which may be unusable or gone. */
    static final class OneLink implements Links {
        private volatile Optional<Link> link;
        private volatile boolean usable = true;

        OneLink(Link link) {
            this.link = Optional.of(link);
        }

        @Override
        public List<Link> links() {
            return link.stream().toList();
        }

        @Override
        public Optional<Link> connectedTo(IpAddress address) {
            return link;
        }

        @Override
        public boolean usable(String interfaceName) {
            return usable && link.filter(there -> there.name().equals(interfaceName)).isPresent();
        }
    }

    static Link link(int index, String name) {
        return new Link(index, name, Optional.empty(), true, true, 1500, List.of());
    }

    @Test
    void aPeerWhoseSubnetMovesToAnotherInterfaceIsTriedAgain(@TempDir Path folder) throws IOException {
        try (TestNode node = new TestNode(folder, List.of("127.0.0.2"))) {
            OneLink links = new OneLink(link(2, "eth1"));
            node.sessions.links(Optional.of(links));
            assertEquals(State.ACTIVE, node.sessions.status("127.0.0.2").orElseThrow().state());
            links.link = Optional.empty();
            node.sessions.linkChanged(link(2, "eth1"), false, "interface eth1 was removed");
            assertEquals("interface eth1 was removed", node.sessions.status("127.0.0.2").orElseThrow().detail());
            links.link = Optional.of(link(9, "eth2"));
            node.sessions.linkChanged(link(9, "eth2"), true, "interface eth2 and what carries it are up");
            assertEquals(State.ACTIVE, node.sessions.status("127.0.0.2").orElseThrow().state());
            links.usable = false;
            node.sessions.linkChanged(link(9, "eth2"), false, "interface eth2 lost carrier");
            assertEquals("interface eth2 lost carrier", node.sessions.status("127.0.0.2").orElseThrow().detail());
        }
    }
}
