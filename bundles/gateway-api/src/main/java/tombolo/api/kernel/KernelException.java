package tombolo.api.kernel;

/** A system call failed for a reason that is not part of normal operation (no permission, no such namespace, out of memory). */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int errno;

    /**
     * @param operation what was tried, in words an operator understands
     * @param errno     the kernel's error number; 0 where the failure is not an error number's
     */
    public KernelException(String operation, int errno) {
        super(errno == 0 ? operation : operation + ": " + Errno.text(errno));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
