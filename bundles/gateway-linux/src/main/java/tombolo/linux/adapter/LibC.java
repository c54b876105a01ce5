package tombolo.linux.adapter;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import tombolo.api.kernel.KernelException;

/**
 * The few functions of the C library that netlink, namespaces and UDP need, bound through the Foreign Function and Memory API. Every call takes a segment of
 * {@link #ERRNO} first, in which it leaves errno; a segment belongs to one thread at a time. The raw numbers are the C library's: negative means failure.
 */
final class LibC {
    /** Where a call leaves errno: the library may use another thread-local in between, so that it must be captured with the call. */
    static final StructLayout ERRNO = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE = ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle SOCKET = bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND = bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT = bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKNAME = bind("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = bind("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND = bind("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV = bind("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDTO = bind("sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG = bind("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle PPOLL = bind("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle IF_NAMETOINDEX = bind("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle SETPRIORITY = bind("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle POLL = bind("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EVENTFD = bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle READ = bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE = bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS = bind("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    // open(const char *, int, ...): variadic functions may take their arguments differently, so the linker must be told where the fixed ones end.
    private static final MethodHandle OPEN = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(2));

    private LibC() { }

    static int errno(MemorySegment state) {
        return (int) ERRNO_VALUE.get(state, 0L);
    }

    static int socket(MemorySegment errno, int domain, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(errno, domain, type, protocol);
        } catch (Throwable e) {
            throw broken("socket", e);
        }
    }

    static int bind(MemorySegment errno, int fd, MemorySegment address) {
        try {
            return (int) BIND.invokeExact(errno, fd, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw broken("bind", e);
        }
    }

    static int connect(MemorySegment errno, int fd, MemorySegment address) {
        try {
            return (int) CONNECT.invokeExact(errno, fd, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw broken("connect", e);
        }
    }

    static int getsockname(MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
        try {
            return (int) GETSOCKNAME.invokeExact(errno, fd, address, length);
        } catch (Throwable e) {
            throw broken("getsockname", e);
        }
    }

    static int setsockopt(MemorySegment errno, int fd, int level, int option, MemorySegment value) {
        try {
            return (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, (int) value.byteSize());
        } catch (Throwable e) {
            throw broken("setsockopt", e);
        }
    }

    static long send(MemorySegment errno, int fd, MemorySegment bytes, long length, int flags) {
        try {
            return (long) SEND.invokeExact(errno, fd, bytes, length, flags);
        } catch (Throwable e) {
            throw broken("send", e);
        }
    }

    static long recv(MemorySegment errno, int fd, MemorySegment into, long length, int flags) {
        try {
            return (long) RECV.invokeExact(errno, fd, into, length, flags);
        } catch (Throwable e) {
            throw broken("recv", e);
        }
    }

    static long sendto(MemorySegment errno, int fd, MemorySegment bytes, long length, int flags, MemorySegment address) {
        try {
            return (long) SENDTO.invokeExact(errno, fd, bytes, length, flags, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw broken("sendto", e);
        }
    }

    static long recvmsg(MemorySegment errno, int fd, MemorySegment header, int flags) {
        try {
            return (long) RECVMSG.invokeExact(errno, fd, header, flags);
        } catch (Throwable e) {
            throw broken("recvmsg", e);
        }
    }

    static int ppoll(MemorySegment errno, MemorySegment descriptors, long count, MemorySegment timeout) {
        try {
            return (int) PPOLL.invokeExact(errno, descriptors, count, timeout, MemorySegment.NULL);
        } catch (Throwable e) {
            throw broken("ppoll", e);
        }
    }

    static int ifNameToIndex(MemorySegment errno, MemorySegment name) {
        try {
            return (int) IF_NAMETOINDEX.invokeExact(errno, name);
        } catch (Throwable e) {
            throw broken("if_nametoindex", e);
        }
    }

    static int setpriority(MemorySegment errno, int which, int who, int priority) {
        try {
            return (int) SETPRIORITY.invokeExact(errno, which, who, priority);
        } catch (Throwable e) {
            throw broken("setpriority", e);
        }
    }

    static int poll(MemorySegment errno, MemorySegment descriptors, long count, int timeoutMillis) {
        try {
            return (int) POLL.invokeExact(errno, descriptors, count, timeoutMillis);
        } catch (Throwable e) {
            throw broken("poll", e);
        }
    }

    static int eventfd(MemorySegment errno, int initial, int flags) {
        try {
            return (int) EVENTFD.invokeExact(errno, initial, flags);
        } catch (Throwable e) {
            throw broken("eventfd", e);
        }
    }

    static long read(MemorySegment errno, int fd, MemorySegment into, long length) {
        try {
            return (long) READ.invokeExact(errno, fd, into, length);
        } catch (Throwable e) {
            throw broken("read", e);
        }
    }

    static long write(MemorySegment errno, int fd, MemorySegment bytes, long length) {
        try {
            return (long) WRITE.invokeExact(errno, fd, bytes, length);
        } catch (Throwable e) {
            throw broken("write", e);
        }
    }

    static int close(MemorySegment errno, int fd) {
        try {
            return (int) CLOSE.invokeExact(errno, fd);
        } catch (Throwable e) {
            throw broken("close", e);
        }
    }

    static int setns(MemorySegment errno, int fd, int kind) {
        try {
            return (int) SETNS.invokeExact(errno, fd, kind);
        } catch (Throwable e) {
            throw broken("setns", e);
        }
    }

    static int open(MemorySegment errno, MemorySegment path, int flags) {
        try {
            return (int) OPEN.invokeExact(errno, path, flags);
        } catch (Throwable e) {
            throw broken("open", e);
        }
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    private static RuntimeException broken(String name, Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        KernelException failure = new KernelException("calling " + name + " of the C library failed", 0);
        failure.initCause(cause);
        return failure;
    }
}
