/*
 * The CNI plugin that a container runtime executes: it carries the call to the gateway over a unix socket and the answer back. No libc: what a process needs to
 * start and end is the whole of its cost.
 *
 *   runtime ── exec: CNI_* in the environment, configuration on stdin ──► shim ── request ──► gateway
 *           ◄── stdout, exit status ──────────────────────────────────── shim ◄── answer ───
 *
 *   request  "TCNI" u32 version (1) | u32 length of the name and environment | u32 length of the configuration | name \0 CNI_A=...\0 CNI_B=...\0 | configuration
 *   answer   "TCNI" u32 exit status | u32 length | text for stdout                                            numbers in network order
 *
 * Without a gateway the answer is CNI error 11, "try again later", at once (for STATUS 50, "not available": CNI 1.1 §STATUS).
 */
typedef unsigned long size;
typedef long ssize;

#define SOCKET_PATH "/run/tombolo/cni.sock"
#define MOST_CONFIGURATION (1 << 20)
#define MOST_ENVIRONMENT (64 << 10)
#define PATIENCE_SECONDS 60

#if defined(__x86_64__)
enum { SYS_read = 0, SYS_write = 1, SYS_socket = 41, SYS_connect = 42, SYS_sendto = 44, SYS_sendmsg = 46, SYS_setsockopt = 54, SYS_exit = 231, SYS_sched_setattr = 314, SYS_sched_getattr = 315 };
static inline long call(long n, long a, long b, long c, long d, long e) {
    long r;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return r;
}
__asm__(".text\n.globl _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call run\n");
#elif defined(__aarch64__)
enum { SYS_read = 63, SYS_write = 64, SYS_socket = 198, SYS_connect = 203, SYS_sendto = 206, SYS_sendmsg = 211, SYS_setsockopt = 208, SYS_exit = 94, SYS_sched_setattr = 274, SYS_sched_getattr = 275 };
static inline long call(long n, long a, long b, long c, long d, long e) {
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}
__asm__(".text\n.globl _start\n_start:\n mov x29,#0\n mov x0,sp\n bl run\n");
#else
#error "no system calls known for this processor; use the perl version"
#endif

static unsigned char configuration[MOST_CONFIGURATION];
static unsigned char request[16 + MOST_ENVIRONMENT];
static unsigned char chunk[64 << 10];
static size configured;

/* The compiler may call these for loops it recognises. */
void *memcpy(void *to, const void *from, size n) {
    unsigned char *a = to;
    const unsigned char *b = from;
    while (n--) *a++ = *b++;
    return to;
}
void *memset(void *to, int value, size n) {
    unsigned char *a = to;
    while (n--) *a++ = (unsigned char) value;
    return to;
}

static size length(const char *s) {
    size n = 0;
    while (s[n]) n++;
    return n;
}

static int starts(const char *s, const char *with) {
    while (*with) if (*s++ != *with++) return 0;
    return 1;
}

static int write_all(int fd, const void *bytes, size n) {
    const unsigned char *p = bytes;
    while (n) {
        ssize w = call(SYS_write, fd, (long) p, (long) n, 0, 0);
        if (w == -4) continue; /* EINTR */
        if (w <= 0) return 0;
        p += w;
        n -= (size) w;
    }
    return 1;
}

/* As write_all, without the signal that would end us if the gateway has closed the connection: MSG_NOSIGNAL. */
static int send_all(int fd, const void *bytes, size n) {
    const unsigned char *p = bytes;
    while (n) {
        ssize w = call(SYS_sendto, fd, (long) p, (long) n, 0x4000, 0);
        if (w == -4) continue;
        if (w <= 0) return 0;
        p += w;
        n -= (size) w;
    }
    return 1;
}

/* Two pieces with one system call, so that the gateway wakes up once; what does not fit the socket's buffer follows. */
static int send_both(int fd, const unsigned char *first, size n, const unsigned char *second, size m) {
    struct { const void *base; size length; } pieces[2] = { { first, n }, { second, m } };
    struct { const void *name; unsigned name_length; void *pieces; size count; void *control; size control_length; int flags; } message
        = { 0, 0, pieces, 2, 0, 0, 0 };
    ssize w;
    do w = call(SYS_sendmsg, fd, (long) &message, 0x4000, 0, 0); while (w == -4);
    if (w <= 0) return 0;
    size sent = (size) w;
    if (sent < n) return send_all(fd, first + sent, n - sent) && send_all(fd, second, m);
    return sent - n == m || send_all(fd, second + (sent - n), m - (sent - n));
}

static int read_all(int fd, void *into, size n) {
    unsigned char *p = into;
    while (n) {
        ssize r = call(SYS_read, fd, (long) p, (long) n, 0, 0);
        if (r == -4) continue;
        if (r <= 0) return 0;
        p += r;
        n -= (size) r;
    }
    return 1;
}

static void put(unsigned char *at, size value) {
    at[0] = (unsigned char) (value >> 24);
    at[1] = (unsigned char) (value >> 16);
    at[2] = (unsigned char) (value >> 8);
    at[3] = (unsigned char) value;
}

static size get(const unsigned char *at) {
    return (size) at[0] << 24 | (size) at[1] << 16 | (size) at[2] << 8 | at[3];
}

static void text(const char *s) {
    write_all(1, s, length(s));
}

static void leave(int status) {
    for (;;) call(SYS_exit, status, 0, 0, 0, 0);
}

/* The configuration's own version, which an error must carry; it is the one thing that is looked for without a parser. */
static void version(void) {
    static const char name[] = "\"cniVersion\"";
    for (size i = 0; i + sizeof name < configured; i++) {
        size j = 0;
        while (j < sizeof name - 1 && configuration[i + j] == (unsigned char) name[j]) j++;
        if (j < sizeof name - 1) continue;
        j += i;
        while (j < configured && (configuration[j] == ' ' || configuration[j] == '\n' || configuration[j] == '\t' || configuration[j] == '\r' || configuration[j] == ':')) j++;
        if (j >= configured || configuration[j] != '"') continue;
        size from = ++j;
        while (j < configured && j - from < 16 && ((configuration[j] >= '0' && configuration[j] <= '9') || configuration[j] == '.')) j++;
        if (j < configured && configuration[j] == '"' && j > from) {
            write_all(1, configuration + from, j - from);
            return;
        }
    }
    text("0.1.0");
}

static void error(const char *code, const char *message, const char *details, const char *path) {
    text("{\"cniVersion\":\"");
    version();
    text("\",\"code\":");
    text(code);
    text(",\"msg\":\"");
    text(message);
    text("\",\"details\":\"");
    text(details);
    text(path);
    text("\"}\n");
    leave(1);
}

/* Asks for the shortest time slice there is, 0.1 ms: so this process is run as soon as the answer is there, and does not wait for the slice of another to end
 * (Linux 6.12; older ones ignore it). Niceness stays as the runtime has set it. */
static void be_prompt(void) {
    struct { unsigned bytes, policy; size flags; int nice; unsigned priority; size slice, deadline, period; } attributes = { sizeof attributes, 0, 0, 0, 0, 0, 0, 0 };
    if (call(SYS_sched_getattr, 0, (long) &attributes, sizeof attributes, 0, 0) < 0) return;
    attributes.slice = 100000;
    call(SYS_sched_setattr, 0, (long) &attributes, 0, 0, 0);
}

__attribute__((used)) void run(long *stack) {
    be_prompt();
    long count = stack[0];
    char **arguments = (char **) (stack + 1);
    char **environment = arguments + count + 1;
    const char *path = SOCKET_PATH;
    const char *refusal = "11";

    for (;;) {
        if (configured == MOST_CONFIGURATION) error("7", "the network configuration is longer than 1 MiB", "", "");
        ssize r = call(SYS_read, 0, (long) (configuration + configured), MOST_CONFIGURATION - (long) configured, 0, 0);
        if (r == -4) continue;
        if (r < 0) error("5", "the network configuration cannot be read from stdin", "", "");
        if (r == 0) break;
        configured += (size) r;
    }

    const char *name = count > 0 ? arguments[0] : "tombolo";
    for (const char *p = name; *p; p++) if (*p == '/') name = p + 1;
    size at = 16;
    size n = length(name) + 1;
    if (n > 256) error("4", "the plugin's name is too long", "", "");
    memcpy(request + at, name, n);
    at += n;
    for (char **e = environment; *e; e++) {
        if (starts(*e, "TOMBOLO_CNI_SOCKET=")) path = *e + 19;
        if (!starts(*e, "CNI_")) continue;
        if (starts(*e, "CNI_COMMAND=STATUS")) refusal = "50";
        n = length(*e) + 1;
        if (at + n > sizeof request) error("4", "the CNI_ variables are longer than 64 KiB", "", "");
        memcpy(request + at, *e, n);
        at += n;
    }
    request[0] = 'T'; request[1] = 'C'; request[2] = 'N'; request[3] = 'I';
    put(request + 4, 1);
    put(request + 8, at - 16);
    put(request + 12, configured);

    struct { unsigned short family; char path[108]; } address;
    address.family = 1;
    n = length(path) + 1;
    if (n > sizeof address.path) error("4", "TOMBOLO_CNI_SOCKET is longer than a socket's path can be", "", "");
    memcpy(address.path, path, n);
    int fd = (int) call(SYS_socket, 1, 1 | 02000000, 0, 0, 0); /* AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC */
    if (fd < 0) error("5", "no socket can be made", "", "");
    struct { long seconds, micros; } soon = { 1, 0 }, patience = { PATIENCE_SECONDS, 0 };
    call(SYS_setsockopt, fd, 1, 21, (long) &soon, sizeof soon);         /* SO_SNDTIMEO, which bounds connect as well */
    call(SYS_setsockopt, fd, 1, 20, (long) &patience, sizeof patience); /* SO_RCVTIMEO */
    if (call(SYS_connect, fd, (long) &address, 2 + (long) n, 0, 0) < 0)
        error(refusal, "the gateway is not running; try again later", "nobody listens on ", path);
    unsigned char head[12];
    if (!send_both(fd, request, at, configuration, configured) || !read_all(fd, head, sizeof head)
            || head[0] != 'T' || head[1] != 'C' || head[2] != 'N' || head[3] != 'I')
        error(refusal, "the gateway did not answer; try again later", "it closed the connection or took too long on ", path);
    size left = get(head + 8);
    while (left) {
        n = left < sizeof chunk ? left : sizeof chunk;
        if (!read_all(fd, chunk, n)) leave(1);
        if (!write_all(1, chunk, n)) leave(1);
        left -= n;
    }
    leave((int) get(head + 4));
}
