package tombolo.dataplane.adapter.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.dataplane.core.LinkDiff.Step;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.SeenLink;

/** What is asked and changed of an interface of some name, whatever its kind, over one exchange. One thread. Nothing is remembered between calls. */
public final class LinkExchange implements AutoCloseable {
    /** Messages of 60 bytes in one datagram: under the writer's limit, and a fraction of a millisecond of the kernel's lock. */
    private static final int BATCH = 500;

    private final Exchange exchange;

    /** What the kernel took of some steps. */
    public record Taken(List<String> mended, List<Refused> refused) {
        public Taken {
            mended = List.copyOf(mended);
            refused = List.copyOf(refused);
        }
    }

    /** @param difference what is still as it was, for people */
    public record Refused(String difference, Exchange.Error error) {
        @Override
        public String toString() {
            return difference + ": " + error;
        }
    }

    public LinkExchange(Exchange exchange) {
        this.exchange = exchange;
    }

    /** The exchange itself, for what only one kind of interface has. */
    public Exchange exchange() {
        return exchange;
    }

    public Optional<SeenLink> look(String name) {
        List<SeenLink> found = new ArrayList<>();
        LinkMessage.get(exchange.writer(), exchange.next(), name);
        thrown("reading interface " + name, exchange.run(reader -> SeenLink.of(reader).ifPresent(found::add)));
        return found.stream().findFirst();
    }

    /** Does nothing where it is gone, as one is whose carrier went. */
    public void remove(SeenLink link) {
        LinkMessage.delete(exchange.writer(), exchange.next(), link.index());
        thrown("removing interface " + link.name(), exchange.run(_ -> { }));
    }

    private static void thrown(String what, Map<Integer, Exchange.Error> errors) {
        errors.values().stream().filter(error -> error.errno() != Errno.ENODEV).findFirst().ifPresent(error -> {
            throw new KernelException(what + ": " + error, 0);
        });
    }

    /** Takes the steps one after another, also behind one that is refused. */
    public Taken take(List<Step> steps, int index) {
        List<String> mended = new ArrayList<>();
        List<Refused> refused = new ArrayList<>();
        for (int from = 0; from < steps.size(); from += BATCH) {
            List<Step> some = steps.subList(from, Math.min(steps.size(), from + BATCH));
            int first = 0;
            for (Step step : some) {
                int sequence = exchange.next();
                first = first == 0 ? sequence : first;
                step.message().write(exchange.writer(), sequence, index);
            }
            Map<Integer, Exchange.Error> errors = exchange.run(_ -> { });
            for (int i = 0; i < some.size(); i++) {
                Exchange.Error error = errors.get(first + i);
                if (error == null) {
                    mended.add(some.get(i).difference());
                } else {
                    refused.add(new Refused(some.get(i).difference(), error));
                }
            }
        }
        return new Taken(mended, refused);
    }

    @Override
    public void close() {
        exchange.close();
    }
}
