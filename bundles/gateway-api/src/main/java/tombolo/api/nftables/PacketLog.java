package tombolo.api.nftables;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What rules with {@link Statement.LogTo} log (the kernel's NFLOG): a service of gateway-dataplane. Any thread may call. */
public interface PacketLog {
    /**
     * Listens to a group, which one program of a network namespace can at a time; while another one does, it is tried again every few seconds. Does not wait.
     *
     * @param group    0 to 65535
     * @param listener gets packets in their order, at most a few hundred at once, on a thread of its own: hand over and return
     */
    Listening listen(int group, Consumer<List<LoggedPacket>> listener);

    /** Until it is closed, or the service goes. */
    interface Listening extends AutoCloseable {
        Counts counts();

        @Override
        void close();
    }

    /**
     * @param packets   handed to the listener
     * @param lost      logged by the kernel and not heard: the reader's pace and its buffer are bounded
     * @param overruns  how often the buffer was full
     * @param listening whether packets are heard now
     * @param problem   operator text: why they are not
     */
    record Counts(long packets, long lost, long overruns, boolean listening, Optional<String> problem) { }
}
