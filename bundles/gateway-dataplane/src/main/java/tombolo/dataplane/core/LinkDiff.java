package tombolo.dataplane.core;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tombolo.api.kernel.Link.InterfaceAddress;

/**
 * What separates the kernel from a wanted interface of that name, in the order in which it is put right. The empty diff means that all is well.
 *
 * @param reason why it is to be made or replaced, or is left alone: for people; "" with steps
 */
public record LinkDiff(Verdict verdict, String reason, List<Step> steps) {
    /** What is to be done: make it and look again; remove it first; leave what is not ours; take the steps. */
    public enum Verdict { CREATE, REPLACE, FOREIGN, STEPS }

    public LinkDiff {
        steps = List.copyOf(steps);
    }

    /** One change: what differs, for people, and the message that mends it. */
    public record Step(String difference, Message message) { }

    /** Writes one message about an interface. */
    @FunctionalInterface
    public interface Message {
        void write(MessageWriter writer, int sequence, int index);
    }

    public static LinkDiff create(String name) {
        return new LinkDiff(Verdict.CREATE, "interface " + name + " is not there", List.of());
    }

    public static LinkDiff replace(String reason) {
        return new LinkDiff(Verdict.REPLACE, reason, List.of());
    }

    public static LinkDiff foreign(String reason) {
        return new LinkDiff(Verdict.FOREIGN, reason, List.of());
    }

    public static LinkDiff of(List<Step> steps) {
        return new LinkDiff(Verdict.STEPS, "", steps);
    }

    public boolean isEmpty() {
        return verdict == Verdict.STEPS && steps.isEmpty();
    }

    /** What differs, for people. */
    public List<String> differences() {
        return verdict == Verdict.STEPS ? steps.stream().map(Step::difference).toList() : List.of(reason);
    }

    /** The steps that take addresses off that nobody wants. */
    public static void unwantedAddresses(String name, Set<InterfaceAddress> wanted, Set<InterfaceAddress> seen, Consumer<Step> steps) {
        seen.stream().filter(address -> !wanted.contains(address)).sorted(Comparator.comparing(InterfaceAddress::address)).forEach(address -> steps.accept(
                new Step("address " + text(address) + " is on " + name + " and not wanted", (writer, sequence, index) -> LinkMessage.deleteAddress(writer, sequence, index, address))));
    }

    /** The steps that put addresses on. */
    public static void missingAddresses(String name, List<InterfaceAddress> wanted, Set<InterfaceAddress> seen, Consumer<Step> steps) {
        wanted.stream().filter(address -> !seen.contains(address)).forEach(address -> steps.accept(
                new Step("address " + text(address) + " is not on " + name, (writer, sequence, index) -> LinkMessage.newAddress(writer, sequence, index, address))));
    }

    private static String text(InterfaceAddress address) {
        return address.address() + "/" + address.prefixLength();
    }
}
