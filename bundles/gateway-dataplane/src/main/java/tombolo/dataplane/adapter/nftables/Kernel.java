package tombolo.dataplane.adapter.nftables;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.nftables.KernelTable;
import tombolo.dataplane.core.nftables.Messages;
import tombolo.dataplane.core.nftables.Nf;
import tombolo.dataplane.core.nftables.Steps;

/** Asks and changes the kernel's rule set over one netlink socket. One thread at a time. */
final class Kernel implements AutoCloseable {
    /** A commit waits for packets under way (RCU) and validates all chains; only a machine that stands still takes this long. */
    private static final int PATIENCE_MILLIS = 20_000;
    /** A refused transaction is told by an error for each message that is wrong. */
    private static final int RECEIVE_BUFFER = 16 << 20;
    /** A dump that others change is begun again; who changes rules more often than that has the machine for himself. */
    private static final int DUMP_ATTEMPTS = 10;
    private static final int NLM_F_DUMP_INTR = 0x10;

    private final NetlinkSocket socket;
    private final MessageWriter request = new MessageWriter(1 << 10);
    private final Messages messages = new Messages();
    private final byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
    private final MessageReader reader = new MessageReader(bytes);
    private int sequence = 1;

    /** What a transaction came to. */
    sealed interface Committed {
        record Done() implements Committed { }

        /** The rule set has another generation than was said. */
        record OtherGeneration() implements Committed { }

        /** @param about of the message that was refused; empty: the transaction as a whole */
        record Refused(int errno, Optional<Messages.About> about, String text) implements Committed { }
    }

    Kernel(Netlink netlink, Optional<String> netns) {
        socket = netlink.open(Netlink.Options.netfilter().receiveBuffer(RECEIVE_BUFFER).sendBuffer(Messages.LONGEST_TRANSACTION).netns(netns));
    }

    int portId() {
        return socket.portId();
    }

    /** The generation of the rule set in this namespace, whoever changed it last. */
    int generation() {
        int[] answer = {0};
        request.clear();
        int number = sequence++;
        Messages.askGeneration(request, number);
        ask(number, reader -> answer[0] = reader.type() == Nf.NEW_GENERATION ? KernelTable.generation(reader) : answer[0]);
        return answer[0];
    }

    /** A table as it was at one generation. */
    record Read(KernelTable table, int generation) { }

    /** Reads our table whole. */
    Read read() {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            int before = generation();
            KernelTable table = new KernelTable();
            boolean whole = dump(table, Nf.GET_TABLE);
            if (table.isThere()) {
                whole &= dump(table, Nf.GET_CHAIN) && dump(table, Nf.GET_SET) && dump(table, Nf.GET_RULE);
                for (String set : table.setNames()) {
                    request.clear();
                    int number = sequence++;
                    Messages.dumpElements(request, set, number);
                    whole = whole && collect(number, table);
                }
            }
            if (whole && generation() == before) {
                return new Read(table, before);
            }
        }
        throw new KernelException("the rule set changes faster than it can be read (" + DUMP_ATTEMPTS + " attempts)", 0);
    }

    /** The rules of some chains, as they are now. */
    KernelTable readChains(List<String> chains) {
        KernelTable table = new KernelTable();
        for (String chain : chains) {
            request.clear();
            int number = sequence++;
            Messages.dumpChain(request, chain, number);
            collect(number, table);
        }
        return table;
    }

    /** Sends a transaction; what is refused leaves everything as it was. */
    Committed commit(Steps steps, int generation) {
        int begin = sequence;
        messages.begin(begin, generation);
        steps.write(messages);
        int last = messages.end();
        sequence = last + 2;
        socket.send(messages.bytes(), messages.size());
        Committed.Refused first = null;
        while (true) {
            int length = receive();
            if (length == NetlinkSocket.OVERRUN) {
                return first != null ? first : new Committed.Refused(Errno.ENOBUFS, Optional.empty(), "the kernel's answers were lost");
            }
            reader.reset(length);
            while (reader.next()) {
                int number = reader.sequence();
                if (reader.type() != MessageReader.NLMSG_ERROR || number - begin < 0 || number - last > 1) {
                    continue; // an answer to a call that gave up
                }
                int errno = reader.errno();
                if (errno == 0 && number == last) {
                    messages.forget();
                    return new Committed.Done();
                }
                if (errno == Errno.ERESTART) {
                    return new Committed.OtherGeneration();
                }
                if (errno != 0 && first == null) {
                    first = new Committed.Refused(errno, number == begin ? Optional.empty() : messages.about(number), reader.errorText());
                }
            }
            if (first != null) {
                drain();
                return first; // whatever else was wrong in it: one word of it is enough
            }
        }
    }

    private void drain() {
        int length = socket.receive(bytes, 0);
        while (length != NetlinkSocket.NOTHING) {
            length = socket.receive(bytes, 0);
        }
    }

    private boolean dump(KernelTable table, int type) {
        request.clear();
        int number = sequence++;
        Messages.dump(request, type, number);
        return collect(number, table);
    }

    /** Whether the dump was not disturbed. */
    private boolean collect(int number, KernelTable into) {
        boolean[] whole = {true};
        int errno = ask(number, message -> {
            whole[0] &= (message.flags() & NLM_F_DUMP_INTR) == 0;
            into.take(message, bytes);
        });
        if (errno != 0 && errno != Errno.EINTR && errno != Errno.ENOENT) {
            throw new KernelException("reading the table of nftables", errno);
        }
        return whole[0] && errno == 0;
    }

    /** Sends a request and hands out its answers; the error number it ends with. */
    private int ask(int number, Consumer<MessageReader> answers) {
        socket.send(request.bytes(), request.size());
        while (true) {
            int length = receive();
            if (length == NetlinkSocket.OVERRUN) {
                throw new KernelException("the kernel's answers were lost", Errno.ENOBUFS);
            }
            reader.reset(length);
            while (reader.next()) {
                if (reader.sequence() != number) {
                    continue;
                }
                if (reader.type() == MessageReader.NLMSG_ERROR || reader.type() == MessageReader.NLMSG_DONE) {
                    return reader.errno();
                }
                answers.accept(reader);
            }
        }
    }

    private int receive() {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (true) {
            int length = socket.receive(bytes, PATIENCE_MILLIS);
            if (length != NetlinkSocket.NOTHING) {
                return length;
            }
            if (socket.isClosed() || System.nanoTime() - deadline > 0) {
                throw new KernelException(socket.isClosed() ? "the writer is stopping" : "the kernel did not answer within " + PATIENCE_MILLIS + " ms", 0);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
