package tombolo.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/**
 * Debian's container runtimes with folders of their own: nothing of the machine's configuration is read or written, no service runs, no registry is asked.
 *
 * <pre>
 *  folder/rootfs     busybox, the containers' file system        folder/net.d, bin   our network and programs, as `gateway cni install` leaves them
 *  folder/root,state containerd's                                folder/podman       podman's
 * </pre>
 */
final class Runtimes implements AutoCloseable {
    /** With {@code -Dtombolo.runtimes.required=true}, which {@code ./gateway test} sets where it has installed them, a missing runtime is a failure. */
    private static final List<String> PROGRAMS = List.of("/usr/bin/containerd", "/usr/bin/ctr", "/usr/sbin/runc", "/usr/bin/podman", "/bin/busybox", "/usr/bin/python3",
            "/usr/share/gocode/src/github.com/containernetworking/cni/libcni", "/usr/lib/cni/bridge");
    private static final String PAUSE = "localhost/tombolo-pause:1";
    /** Where shims of containerd have their sockets, whatever folders it is given. */
    private static final Path SHIMS = Path.of("/run/containerd");

    private final Path folder;
    private final Map<String, String> environment;
    private final boolean shimsWereThere = Files.exists(SHIMS);
    private @Nullable Process containerd;

    /** @param folder with {@code bin} and {@code net.d}; @param socket of the gateway */
    Runtimes(Path folder, Path socket) {
        this.folder = folder;
        environment = Map.of("TOMBOLO_CNI_SOCKET", socket.toString(), "CONTAINERD_ADDRESS", address().toString());
    }

    static void require() {
        List<String> missing = new ArrayList<>(PROGRAMS.stream().filter(program -> !Files.exists(Path.of(program))).toList());
        if (go().isEmpty()) {
            missing.add("go");
        }
        if (Boolean.getBoolean("tombolo.runtimes.required") && !missing.isEmpty()) {
            throw new AssertionError("missing on this machine, and -Dtombolo.runtimes.required=true: " + missing);
        }
        Assumptions.assumeTrue(missing.isEmpty(), () -> "skipped: not installed: " + missing + "; ./gateway test installs it");
    }

    /** Debian's compiler: the package golang-go, or that of a version alone. */
    private static Optional<Path> go() {
        Path usual = Path.of("/usr/bin/go");
        if (Files.isExecutable(usual)) {
            return Optional.of(usual);
        }
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("go-1.")).map(folder -> folder.resolve("bin/go")).filter(Files::isExecutable).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path address() {
        return folder.resolve("c.sock");
    }

    /** The containers' file system: one static program. */
    void makeRootfs() throws IOException {
        Path rootfs = rootfs();
        for (String part : List.of("bin", "proc", "sys", "dev", "etc", "tmp", "run")) {
            Files.createDirectories(rootfs.resolve(part));
        }
        // By a program and not by us: what another thread forks at this moment would hold the copy open for writing, and the kernel would not execute it.
        Command.run("cp", "/bin/busybox", rootfs.resolve("bin/busybox").toString());
        for (String applet : List.of("sh", "ip", "ping", "sleep")) {
            Files.createSymbolicLink(rootfs.resolve("bin").resolve(applet), Path.of("busybox"));
        }
    }

    Path rootfs() {
        return folder.resolve("rootfs");
    }

    /** Runs a program with the environment of ours; answers its output, throws where it fails. */
    String run(List<String> words) {
        List<String> all = new ArrayList<>(List.of("env"));
        environment.forEach((key, value) -> all.add(key + "=" + value));
        all.addAll(words);
        return Command.run(all);
    }

    // ------------------------------------------------------------------------------------------------ containerd

    void startContainerd() throws IOException {
        RunFiles.write(folder.resolve("containerd.toml"), """
                version = 2
                disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper",
                  "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
                [plugins."io.containerd.grpc.v1.cri"]
                  restrict_oom_score_adj = true
                  disable_apparmor = true
                  sandbox_image = "%s"
                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    snapshotter = "native"
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "%s"
                    conf_dir = "%s"
                """.formatted(PAUSE, folder.resolve("bin"), folder.resolve("net.d")));
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/containerd", "--config", folder.resolve("containerd.toml").toString(), "--root", folder.resolve("root").toString(),
                "--state", folder.resolve("state").toString(), "--address", address().toString());
        builder.environment().putAll(environment);
        Path log = folder.resolve("containerd.log");
        Process started = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        containerd = started;
        Await.until(Duration.ofSeconds(30), () -> "containerd answers; its log: " + Daemon.tail(log), () -> {
            if (!started.isAlive()) {
                throw new AssertionError("containerd ended: " + Daemon.tail(log));
            }
            return Command.attempt("env", "CONTAINERD_ADDRESS=" + address(), "ctr", "version").ok();
        });
    }

    /**
     * A container by ctr. It looks for networks and programs in the machine's folders: it sees ours there, in a mount namespace of its own.
     *
     * @param command for the container's shell
     */
    String ctrRun(String name, String command) throws IOException {
        Path plugins = Files.createDirectories(folder.resolve("ctr-plugins"));
        Path debian = Files.createDirectories(folder.resolve("ctr-debian"));
        link(plugins.resolve("loopback"), debian.resolve("loopback"));
        link(plugins.resolve("tombolo"), folder.resolve("bin/tombolo"));
        String mounts = "mkdir -p /etc/cni/net.d && mount --bind /usr/lib/cni " + debian + " && mount --bind " + plugins + " /usr/lib/cni && mount --bind " + folder.resolve("net.d") + " /etc/cni/net.d";
        return run(List.of("unshare", "-m", "sh", "-c", mounts + " && exec ctr run --rm --cni --rootfs " + rootfs() + " " + name + " /bin/sh -c '" + command + "'"));
    }

    private static void link(Path link, Path target) throws IOException {
        if (!Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, target);
        }
    }

    /** The image that a sandbox of the container runtime interface sleeps in. */
    void importPauseImage() {
        cri("image", rootfs().toString(), PAUSE, folder.resolve("pause.tar").toString());
        run(List.of("ctr", "-n", "k8s.io", "images", "import", "--snapshotter", "native", folder.resolve("pause.tar").toString()));
    }

    /** A pod's sandbox. */
    record Sandbox(String id, List<String> addresses) { }

    /** RunPodSandbox, as a kubelet calls it. @param annotations of the pod, {@code KEY=VALUE} */
    Sandbox runSandbox(String namespace, String pod, String... annotations) {
        List<String> words = new ArrayList<>(List.of("run", address().toString(), namespace, pod, "uid-" + pod));
        words.addAll(List.of(annotations));
        List<String> answer = List.of(cri(words.toArray(String[]::new)).strip().split(" "));
        return new Sandbox(answer.getFirst(), answer.subList(1, answer.size()));
    }

    void removeSandbox(String id) {
        cri("stop", address().toString(), id);
    }

    private String cri(String... words) {
        List<String> all = new ArrayList<>(List.of("/usr/bin/python3", resource("cri.py").toString()));
        all.addAll(List.of(words));
        return run(all);
    }

    // ------------------------------------------------------------------------------------------------ podman

    /** What podman executes: who removes a container for it is started by conmon, with little of our environment. The socket has to be named by the program itself. */
    void makePodmansPlugins() throws IOException {
        Path plugins = Files.createDirectories(folder.resolve("podman-plugins"));
        RunFiles.write(plugins.resolve("tombolo"), "#!/bin/sh\nTOMBOLO_CNI_SOCKET=" + environment.get("TOMBOLO_CNI_SOCKET") + " exec " + folder.resolve("bin/tombolo") + "\n");
        Files.setPosixFilePermissions(plugins.resolve("tombolo"), PosixFilePermissions.fromString("rwxr-xr-x"));
        link(plugins.resolve("loopback"), Path.of("/usr/lib/cni/loopback"));
    }

    /** A container by podman with its CNI back end. Its network may be removed a moment after this returns. @param command for the container's shell */
    String podmanRun(String network, String command) {
        Path own = folder.resolve("podman");
        RunFiles.write(own.resolve("containers.conf"), """
                [network]
                network_backend = "cni"
                cni_plugin_dirs = ["%s"]
                network_config_dir = "%s"
                default_network = "%s"
                [engine]
                runtime = "runc"
                cgroup_manager = "cgroupfs"
                events_logger = "none"
                tmp_dir = "%s"
                [containers]
                default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
                """.formatted(folder.resolve("podman-plugins"), folder.resolve("net.d"), network, own.resolve("tmp")));
        return run(List.of("env", "CONTAINERS_CONF=" + own.resolve("containers.conf"), "podman", "--root", own.resolve("root").toString(), "--runroot", own.resolve("run").toString(),
                "--storage-driver", "vfs", "run", "--rm", "--network", network, "--rootfs", rootfs().toString(), "/bin/sh", "-c", command));
    }

    // ------------------------------------------------------------------------------------------------ libcni

    /** Builds a driver on Debian's copy of the reference library. */
    void buildLibcniDriver() {
        Command.run("env", "GO111MODULE=off", "GOFLAGS=", "CGO_ENABLED=0", "GOPATH=/usr/share/gocode", "GOCACHE=" + folder.resolve("go-cache"), "HOME=" + folder, go().orElseThrow().toString(), "build",
                "-o", folder.resolve("libcni").toString(), resource("libcni.go").toString());
    }

    /** @param verb add, check or del; @param more CNI_ARGS and capabilities, see libcni.go */
    String libcni(String verb, Path list, String container, String netns, String... more) {
        return run(driver(verb, list, container, netns, more));
    }

    /** The same from inside a namespace, where plugins that are executed make their host's end. */
    String libcniIn(Namespace namespace, String verb, Path list, String container, String netns) {
        return run(namespace.inside(driver(verb, list, container, netns).toArray(String[]::new)));
    }

    private List<String> driver(String verb, Path list, String container, String netns, String... more) {
        List<String> words = new ArrayList<>(List.of(folder.resolve("libcni").toString(), verb, list.toString(), container, netns, "eth0", folder.resolve("bin") + ":/usr/lib/cni",
                folder.resolve("libcni-cache").toString()));
        words.addAll(List.of(more));
        return words;
    }

    private Path resource(String name) {
        Path file = folder.resolve(name);
        try (InputStream in = Objects.requireNonNull(Runtimes.class.getResourceAsStream("/tombolo/interop/" + name))) {
            Files.write(file, in.readAllBytes());
            return file;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ------------------------------------------------------------------------------------------------ the end

    /** Ends what we started, containers and shims that a failed test left too, and takes their mounts away. */
    @Override
    public void close() {
        List<ProcessHandle> left = new ArrayList<>();
        ProcessHandle.allProcesses().filter(process -> process.info().arguments().map(List::of).orElse(List.of()).contains(address().toString()))
                .filter(process -> containerd == null || process.pid() != containerd.pid()).forEach(shim -> {
                    shim.descendants().forEach(left::add);
                    left.add(shim);
                });
        left.forEach(ProcessHandle::destroyForcibly);
        if (containerd != null) {
            containerd.destroy();
            left.add(containerd.toHandle());
        }
        Await.until(Duration.ofSeconds(30), "the runtimes' processes ended", () -> left.stream().noneMatch(ProcessHandle::isAlive));
        try {
            List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts")).stream().map(line -> line.split(" ")[1]).filter(mount -> mount.startsWith(folder + "/"))
                    .sorted(Comparator.reverseOrder()).toList();
            mounts.forEach(mount -> Command.attempt("umount", "-l", mount));
            Optional<Path> shims = shimsWereThere || !Files.exists(SHIMS) ? Optional.empty() : Optional.of(SHIMS);
            if (shims.isPresent()) {
                RunFiles.delete(shims.get());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
