package tombolo.azure.cni.core;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.config.Settings;
import tombolo.api.expressroute.VnetSpaces;
import tombolo.api.net.Prefix;

/**
 * VNETs' address space that containers' addresses must keep out of. In edge-prefix mode no container may have an address of a VNET: the VNET's own routes win over
 * any that BGP brings (reference: Azure Route Server FAQ), so that answers to such a container would never leave the VNET; nor does a circuit tell what lies in the
 * {@code vnet-prefixes} of its file. In in-azure mode they are the addresses that containers get.
 *
 * @param stated each prefix with who says so: files in their order, then Azure; one prefix may be said by several
 */
public record VnetSpace(List<Stated> stated) {
    public static final VnetSpace NONE = new VnetSpace(List.of());
    /** More would hide the rest of the text. */
    private static final int MOST_LISTED = 5;

    /** @param by where an operator finds it, such as "vnet-prefixes in etc/tombolo.azure.cni.cfg" */
    public record Stated(Prefix prefix, String by) {
        boolean overlaps(Prefix range) {
            return prefix.family() == range.family() && (prefix.covers(range) || range.covers(prefix));
        }
    }

    public VnetSpace {
        stated = List.copyOf(stated);
    }

    /** What the node's own file and those of its circuits say, and what Azure tells; a circuit that is to be deleted counts until its file is gone. */
    public static VnetSpace of(Settings settings, List<VnetSpaces.Told> told) {
        if (settings.azureCni().mode() != Mode.EDGE_PREFIX) {
            return NONE;
        }
        Stream<Stated> own = settings.azureCni().vnetPrefixes().stream().map(prefix -> new Stated(prefix, "vnet-prefixes in etc/tombolo.azure.cni.cfg"));
        Stream<Stated> circuits = settings.circuits().values().stream()
                .flatMap(circuit -> circuit.vnetPrefixes().stream().map(prefix -> new Stated(prefix, "vnet-prefixes in etc/tombolo.expressroute.circuit-" + circuit.name() + ".cfg")));
        Stream<Stated> azure = told.stream().map(one -> new Stated(one.prefix(), "the virtual network " + one.network() + " of circuit " + one.circuit() + ", as Azure tells"));
        return new VnetSpace(Stream.of(own, circuits, azure).flatMap(each -> each).toList());
    }

    /** Why a range cannot be containers', as operator text with its code; empty: it overlaps no VNET that is known of. */
    public Optional<String> refusal(Prefix range) {
        return stated.stream().filter(one -> one.overlaps(range)).findFirst()
                .map(one -> "TMB-AZC-030 " + range + " overlaps " + one.prefix() + ", which is a VNET's address space (" + one.by() + "): Azure routes"
                        + " its own space inside the VNET, whatever BGP says, and answers would never come back. Take a range outside of " + listed()
                        + ", or set address-mode = in-azure in etc/tombolo.azure.cni.cfg on a machine inside the VNET.");
    }

    private String listed() {
        List<String> all = stated.stream().map(Stated::prefix).distinct().map(Prefix::toString).toList();
        String first = String.join(", ", all.stream().limit(MOST_LISTED).toList());
        return all.size() > MOST_LISTED ? first + " and " + (all.size() - MOST_LISTED) + " more" : first;
    }
}
