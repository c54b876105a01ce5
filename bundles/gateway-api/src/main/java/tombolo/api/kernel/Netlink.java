package tombolo.api.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens netlink sockets: a service of gateway-linux, the one bundle with native code. Any thread may call. */
public interface Netlink {
    /** NETLINK_ROUTE: links, addresses, neighbours, routes. */
    int ROUTE = 0;
    /** NETLINK_NETFILTER: nftables, connection tracking, NFLOG. */
    int NETFILTER = 12;

    /**
     * Opens a bound socket.
     *
     * @throws KernelException where the kernel refuses: no such namespace, no permission
     */
    NetlinkSocket open(Options options);

    /**
     * What a socket is for.
     *
     * @param protocol           the netlink family, such as {@link #ROUTE}
     * @param groups             multicast groups to join (RTNLGRP_*), at most 32
     * @param receiveBufferBytes SO_RCVBUFFORCE: how far a slow reader may fall behind before messages are lost; 4 KiB to 256 MiB
     * @param netns              path of the network namespace to open the socket in ({@code /run/netns/x}); empty for the process's own.
     *                           A socket stays in the namespace where it was made, whichever thread uses it.
     * @param ignoredPorts       notifications caused by these sockets of ours are dropped in the kernel (a socket filter on nlmsg_pid), at most 16
     * @param sendBufferBytes    SO_SNDBUFFORCE: the longest datagram that can be sent, 1 MiB to 256 MiB; a transaction of nftables is one datagram
     */
    record Options(int protocol, List<Integer> groups, int receiveBufferBytes, Optional<String> netns, List<Integer> ignoredPorts, int sendBufferBytes) {
        private static final int USUAL_SEND_BYTES = 1 << 20;

        public Options {
            groups = List.copyOf(groups);
            ignoredPorts = List.copyOf(ignoredPorts);
            if (groups.size() > 32 || ignoredPorts.size() > 16) {
                throw new IllegalArgumentException("at most 32 groups and 16 ignored ports");
            }
            if (receiveBufferBytes < 4096 || receiveBufferBytes > 256 << 20) {
                throw new IllegalArgumentException("receive buffer " + receiveBufferBytes + ": 4 KiB to 256 MiB");
            }
            if (sendBufferBytes < USUAL_SEND_BYTES || sendBufferBytes > 256 << 20) {
                throw new IllegalArgumentException("send buffer " + sendBufferBytes + ": 1 MiB to 256 MiB");
            }
        }

        /** A socket for requests: 4 MiB hold an error for each message of a batch of 500, and more. */
        public static Options route() {
            return new Options(ROUTE, List.of(), 4 << 20, Optional.empty(), List.of(), USUAL_SEND_BYTES);
        }

        /** A socket for nftables, connection tracking or NFLOG. */
        public static Options netfilter() {
            return new Options(NETFILTER, List.of(), 4 << 20, Optional.empty(), List.of(), USUAL_SEND_BYTES);
        }

        public Options sendBuffer(int bytes) {
            return new Options(protocol, groups, receiveBufferBytes, netns, ignoredPorts, bytes);
        }

        public Options groups(Integer... wanted) {
            return new Options(protocol, List.of(wanted), receiveBufferBytes, netns, ignoredPorts, sendBufferBytes);
        }

        public Options receiveBuffer(int bytes) {
            return new Options(protocol, groups, bytes, netns, ignoredPorts, sendBufferBytes);
        }

        public Options netns(Optional<String> path) {
            return new Options(protocol, groups, receiveBufferBytes, path, ignoredPorts, sendBufferBytes);
        }

        public Options ignoring(int portId) {
            List<Integer> all = new ArrayList<>(ignoredPorts);
            all.add(portId);
            return new Options(protocol, groups, receiveBufferBytes, netns, all, sendBufferBytes);
        }
    }
}
