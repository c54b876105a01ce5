package tombolo.dataplane.core.subinterface;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.dataplane.core.LinkDiff;
import tombolo.dataplane.core.LinkDiff.Step;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.SeenLink;

/** What separates the kernel from a wanted tagged interface; see the package. */
public final class SubinterfaceDiff {
    private static final String MARK = "tombolo ";

    private SubinterfaceDiff() { }

    /** The alias by which an interface is the owner's. */
    public static String mark(String owner) {
        return MARK + owner;
    }

    /** @param parent the index of the interface that should carry it. @param addresses of the interface, link-local ones left out */
    public static LinkDiff of(String owner, Subinterface wanted, int parent, Optional<SeenLink> seen, Set<InterfaceAddress> addresses) {
        if (seen.isEmpty()) {
            return LinkDiff.create(wanted.name());
        }
        String name = "interface " + wanted.name();
        SeenLink link = seen.get();
        if (!link.mark().equals(mark(owner))) {
            return LinkDiff.foreign(name + " is there and bears no mark of " + owner + (link.mark().isEmpty() ? "" : " ('" + link.mark() + "')"));
        }
        Optional<String> other = otherThan(link, wanted.encapsulation(), parent);
        if (other.isPresent()) {
            return LinkDiff.replace(name + " " + other.get());
        }
        List<Step> steps = new ArrayList<>();
        if (link.mtu() != wanted.mtu()) {
            steps.add(new Step(name + " has MTU " + link.mtu() + ", wanted " + wanted.mtu(), (writer, sequence, index) -> SubinterfaceMessages.setMtu(writer, sequence, index, wanted.mtu())));
        }
        LinkDiff.unwantedAddresses(wanted.name(), Set.copyOf(wanted.addresses()), addresses, steps::add);
        if (!link.up()) {
            steps.add(new Step(name + " is down", LinkMessage::setUp)); // before its addresses: the kernel drops those of IPv6 when it goes down, not when it comes up
        }
        LinkDiff.missingAddresses(wanted.name(), wanted.addresses(), addresses, steps::add);
        return LinkDiff.of(steps);
    }

    /** Why it is not of that encapsulation; empty where it is. @param parent the index of the one that should carry it */
    static Optional<String> otherThan(SeenLink link, Encapsulation wanted, int parent) {
        SeenLink.Segment segment = link.segment();
        int tag = segment.tag();
        int type = segment.type();
        String is = link.kind().isEmpty() ? "hardware" : switch (link.kind()) {
            case "vlan" -> (type == Subinterface.Protocol.DOT1AD.ethertype() ? "802.1ad " : type == Subinterface.Protocol.DOT1Q.ethertype() ? "802.1Q " : Integer.toHexString(type) + " ") + tag;
            case "vxlan" -> "VXLAN " + tag + segment.remote().map(to -> " to " + to).orElse("") + " port " + type;
            default -> "of kind " + link.kind();
        };
        boolean same = link.kind().equals(SubinterfaceMessages.kind(wanted)) && link.lower() == parent && switch (wanted) {
            case Encapsulation.Vlan vlan -> tag == vlan.id() && type == vlan.protocol().ethertype();
            case Encapsulation.Vxlan vxlan -> tag == vxlan.vni() && type == vxlan.port() && segment.remote().equals(Optional.of(vxlan.remote()))
                    && (vxlan.local().isEmpty() || vxlan.local().equals(segment.local()));
        };
        return same ? Optional.empty() : Optional.of("is " + is + (link.lower() == parent ? "" : " on another interface") + ", wanted " + wanted.text());
    }
}
