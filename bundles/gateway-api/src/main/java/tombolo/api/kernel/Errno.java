package tombolo.api.kernel;

/** Linux error numbers that netlink answers with (asm-generic/errno.h), as text for people. */
public final class Errno {
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EAGAIN = 11;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    /** A transaction of nftables was made for another generation of the rule set than is in force. */
    public static final int ERESTART = 85;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int EHOSTUNREACH = 113;

    private Errno() { }

    /** The name, the number, and what it means for routes and interfaces. */
    public static String text(int errno) {
        return switch (errno) {
            case 1 -> "EPERM (1): not permitted; the process needs CAP_NET_ADMIN";
            case ENOENT -> "ENOENT (2): no such object";
            case ESRCH -> "ESRCH (3): no such route";
            case 12 -> "ENOMEM (12): the kernel is out of memory";
            case 13 -> "EACCES (13): not permitted";
            case EBUSY -> "EBUSY (16): in use";
            case EEXIST -> "EEXIST (17): exists already";
            case ENODEV -> "ENODEV (19): no such interface";
            case EINVAL -> "EINVAL (22): the kernel does not accept the values";
            case 24 -> "EMFILE (24): too many open files";
            case ERESTART -> "ERESTART (85): the rule set was changed meanwhile";
            case 93 -> "EPROTONOSUPPORT (93): this kernel lacks the netlink family";
            case EOPNOTSUPP -> "EOPNOTSUPP (95): this kernel does not support it";
            case 97 -> "EAFNOSUPPORT (97): this address family is switched off";
            case EADDRINUSE -> "EADDRINUSE (98): another program has that port";
            case EADDRNOTAVAIL -> "EADDRNOTAVAIL (99): no interface has that address";
            case ENETDOWN -> "ENETDOWN (100): the interface is down";
            case ENETUNREACH -> "ENETUNREACH (101): the gateway is on no connected network";
            case ENOBUFS -> "ENOBUFS (105): no buffer space";
            case EHOSTUNREACH -> "EHOSTUNREACH (113): the gateway cannot be reached";
            default -> "error " + errno;
        };
    }
}
