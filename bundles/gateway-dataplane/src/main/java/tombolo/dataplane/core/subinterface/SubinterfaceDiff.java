package tombolo.dataplane.core.subinterface;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.dataplane.core.MessageWriter;

/** What separates the kernel from a wanted interface, in the order in which it is put right; see the package. */
public record SubinterfaceDiff(Verdict verdict, String reason, List<Step> steps) {
    private static final String MARK = "tombolo ";

    public enum Verdict { CREATE, REPLACE, FOREIGN, STEPS }

    public SubinterfaceDiff {
        steps = List.copyOf(steps);
    }

    /** One change: what differs, for people, and the message that mends it. */
    public record Step(String difference, Message message) { }

    /** Writes one message about an interface. */
    @FunctionalInterface
    public interface Message {
        void write(MessageWriter writer, int sequence, int index);
    }

    /** The alias by which an interface is the owner's. */
    public static String mark(String owner) {
        return MARK + owner;
    }

    public boolean isEmpty() {
        return verdict == Verdict.STEPS && steps.isEmpty();
    }

    /** What differs, for people. */
    public List<String> differences() {
        return verdict == Verdict.STEPS ? steps.stream().map(Step::difference).toList() : List.of(reason);
    }

    /** @param parent the index of the interface that should carry it. @param addresses of the interface, link-local ones left out */
    public static SubinterfaceDiff of(String owner, Subinterface wanted, int parent, Optional<SeenLink> seen, Set<InterfaceAddress> addresses) {
        String name = "interface " + wanted.name();
        if (seen.isEmpty()) {
            return new SubinterfaceDiff(Verdict.CREATE, name + " is not there", List.of());
        }
        SeenLink link = seen.get();
        if (!link.mark().equals(mark(owner))) {
            return new SubinterfaceDiff(Verdict.FOREIGN, name + " is there and bears no mark of " + owner + (link.mark().isEmpty() ? "" : " ('" + link.mark() + "')"), List.of());
        }
        Optional<String> other = link.otherThan(wanted.encapsulation(), parent);
        if (other.isPresent()) {
            return new SubinterfaceDiff(Verdict.REPLACE, name + " " + other.get(), List.of());
        }
        List<Step> steps = new ArrayList<>();
        if (link.mtu() != wanted.mtu()) {
            steps.add(new Step(name + " has MTU " + link.mtu() + ", wanted " + wanted.mtu(), (writer, sequence, index) -> SubinterfaceMessages.setMtu(writer, sequence, index, wanted.mtu())));
        }
        addresses.stream().filter(address -> !wanted.addresses().contains(address)).sorted(Comparator.comparing(InterfaceAddress::address)).forEach(address ->
                steps.add(new Step("address " + text(address) + " is on " + wanted.name() + " and not wanted", (writer, sequence, index) -> SubinterfaceMessages.address(writer, sequence, index, address, false))));
        if (!link.up()) {
            steps.add(new Step(name + " is down", SubinterfaceMessages::setUp)); // before its addresses: the kernel drops those of IPv6 when it goes down, not when it comes up
        }
        wanted.addresses().stream().filter(address -> !addresses.contains(address)).forEach(address ->
                steps.add(new Step("address " + text(address) + " is not on " + wanted.name(), (writer, sequence, index) -> SubinterfaceMessages.address(writer, sequence, index, address, true))));
        return new SubinterfaceDiff(Verdict.STEPS, "", steps);
    }

    private static String text(InterfaceAddress address) {
        return address.address() + "/" + address.prefixLength();
    }
}
