package tombolo.dataplane.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.NextHopMessage;

/**
 * Reads all nexthop objects at once, on a socket of its own: there are few (ours are at most some hundreds), and with no write of ours in between what is read
 * is what is there. One thread.
 */
final class NextHopDump implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NextHopDump.class);
    /** Errors by which a kernel says that it does not know the question: EINVAL, EPROTONOSUPPORT, EOPNOTSUPP. */
    private static final List<Integer> UNKNOWN = List.of(22, 93, 95);
    /** Others that change their objects all the time do not keep us: ours are told by each attempt. */
    private static final int ATTEMPTS = 3;

    private final RouteDump dump;
    private final MessageWriter request = new MessageWriter(64);
    private boolean supported = true;
    private int sequence;

    NextHopDump(Netlink netlink, Netlink.Options options) {
        dump = new RouteDump(netlink, options);
    }

    /** Empty where the kernel has no nexthop objects (before Linux 5.3), which is asked once. */
    Optional<List<NextHopMessage>> read() {
        List<NextHopMessage> all = new ArrayList<>();
        boolean whole = false;
        for (int attempt = 0; supported && !whole && attempt < ATTEMPTS; attempt++) {
            all.clear();
            request.clear();
            NextHopMessage.dump(request, ++sequence);
            try {
                whole = dump.run(request, sequence, reader -> NextHopMessage.parse(reader).ifPresent(all::add));
            } catch (KernelException e) {
                if (!UNKNOWN.contains(e.errno())) {
                    throw e;
                }
                supported = false;
                LOG.info("TMB-RTE-013 this kernel has no nexthop objects ({}): every route names its next hops, and a failover rewrites each one", e.getMessage());
            }
        }
        return supported ? Optional.of(all) : Optional.empty();
    }

    @Override
    public void close() {
        dump.close();
    }
}
