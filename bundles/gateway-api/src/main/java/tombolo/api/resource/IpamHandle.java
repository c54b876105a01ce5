package tombolo.api.resource;

import java.util.Map;

/** {@code IPAMHandle}: kept by IPAM at its own key, {@code /calico/ipam/v2/handle/<id>}; nobody else writes it. @param block addresses per block, by its CIDR */
public record IpamHandle(String handleId, Map<String, Integer> block, boolean deleted) implements ResourceSpec {
    public IpamHandle {
        block = Map.copyOf(block);
    }
}
