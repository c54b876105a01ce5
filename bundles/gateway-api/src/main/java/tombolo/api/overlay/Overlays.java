package tombolo.api.overlay;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** The tunnels to the other nodes: a service of gateway-dataplane. Any thread but a Loop's. */
public interface Overlays {
    /** The MTU for containers on this node: the smallest of the tunnels; empty where there is none, or none is known yet ({@link #isPlanned}). Does not block. */
    OptionalInt endpointMtu();

    /**
     * Whether it is known which tunnels there are to be: this node's name, its interfaces and the resources of the cluster have been heard, and where a pool wants
     * tunnels, this node's own Node among them, with an address. Where that does not come within 40 s, {@link #endpointMtu} counts the tunnels that it would have as
     * if they were there. Before, it is that of devices which an earlier life left. Once true it stays so; where nobody tells of resources it never is. Does not block.
     */
    boolean isPlanned();

    /** What should be, and what of it is not so in the kernel now. Reads the kernel; answers within 10 s. */
    Status status();

    /**
     * @param ready false: the resources of the cluster have not been heard yet, or gateway-linux is not there, and the kernel is left as it is
     * @param nodes other nodes whose blocks are reached, or should be, by name
     * @param notes why something that the resources ask for is not done: operator text with a stable code {@code TMB-OVL-NNN}
     */
    record Status(boolean ready, List<Device> devices, List<Reach> nodes, List<String> notes) {
        public Status {
            devices = List.copyOf(devices);
            nodes = List.copyOf(nodes);
            notes = List.copyOf(notes);
        }
    }

    /**
     * @param differences what in the kernel is not as wanted, at this moment; mended within 10 s
     * @param refusal     why the kernel has not got it, with a stable code
     */
    record Device(OverlayTunnel tunnel, List<String> differences, Optional<String> refusal) {
        public Device {
            differences = List.copyOf(differences);
        }
    }

    /**
     * How the blocks of another node, of one kind of pool, are reached.
     *
     * @param device   the tunnel; empty: plainly, over the underlay
     * @param underlay the other node's address
     */
    record Reach(String node, Optional<String> device, IpAddress underlay, List<Prefix> blocks) {
        public Reach {
            blocks = List.copyOf(blocks);
        }
    }
}
