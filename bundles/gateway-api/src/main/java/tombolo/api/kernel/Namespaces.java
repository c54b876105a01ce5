package tombolo.api.kernel;

import java.util.Map;
import java.util.Optional;

/** Network namespaces of others, seen without leaving our own: a service of gateway-linux. Any thread may call; each call takes microseconds. */
public interface Namespaces {
    /**
     * Opens a namespace, which then stays alive until the handle is closed, whoever removes its name.
     *
     * @param path such as {@code /run/netns/x} or {@code /proc/PID/ns/net}
     * @throws KernelException where there is none ({@link Errno#ENOENT}) or it may not be opened
     */
    Namespace open(String path);

    /**
     * Writes kernel settings in a namespace, in order. A setting that the kernel does not have (IPv6 is switched off) is passed over.
     *
     * @param netns  path of the namespace; empty for the process's own
     * @param values by path below {@code /proc/sys/net/}, such as {@code ipv6/conf/eth0/accept_ra}
     * @throws KernelException where one cannot be written
     */
    void writeSettings(Optional<String> netns, Map<String, String> values);

    /** The settings of these names that the namespace has, with their values. */
    Map<String, String> readSettings(Optional<String> netns, Iterable<String> names);

    /** A namespace that is held open. */
    interface Namespace extends AutoCloseable {
        /** The file descriptor, for IFLA_NET_NS_FD. */
        int descriptor();

        /** A path under which this process can open the same namespace again while the handle is open. */
        String path();

        /** The kernel's identity of the namespace: equal for two handles exactly where they are the same namespace. */
        String identity();

        @Override
        void close();
    }
}
