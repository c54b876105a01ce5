package tombolo.harness;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The installed plugin of a node, executed as a container runtime does.
 *
 * @param programs where it is installed, under each of its names
 * @param socket   of the node
 */
public record CniPlugin(Path programs, Path socket) {
    /** A network of the routed mode with addresses of the pools. */
    public static final String ROUTED = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"tombolo\",\"ipam\":{\"type\":\"tombolo-ipam\"}}";

    /** Installs it into a folder: {@code bin} and {@code net.d}. @param more further words of {@code gateway cni install} */
    public static CniPlugin install(Path project, Path folder, Path socket, String... more) {
        Command.Result installed = Command.attempt(Stream.concat(Stream.of(project.resolve("gateway").toString(), "cni", "install",
                "--bin-dir", folder.resolve("bin").toString(), "--conf-dir", folder.resolve("net.d").toString()), Stream.of(more)).toList());
        if (!installed.ok()) {
            throw new HarnessException("the plugin could not be installed: " + installed.output().strip());
        }
        return new CniPlugin(folder.resolve("bin"), socket);
    }

    /** What is written into a node's {@code tombolo.cni.cfg}. */
    public static String settings(Path socket) {
        return "enabled = true\nsocket = " + socket + "\n";
    }

    /**
     * One call for {@code eth0} of a container.
     *
     * @param plugin      the name under which it is executed
     * @param netns       path of the container's namespace
     * @param environment further variables, each name followed by its value
     */
    public Command.Result call(String plugin, String command, String container, String netns, String configuration, String... environment) {
        Map<String, String> variables = new TreeMap<>(Map.of("TOMBOLO_CNI_SOCKET", socket.toString(), "CNI_COMMAND", command, "CNI_CONTAINERID", container, "CNI_IFNAME", "eth0",
                "CNI_NETNS", netns, "CNI_PATH", programs.toString()));
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return Command.attempt(List.of(programs.resolve(plugin).toString()), variables, configuration);
    }

    /** The same under our own name, for a container in a namespace of ours. */
    public Command.Result call(String command, String container, Namespace netns, String configuration, String... environment) {
        return call("tombolo", command, container, path(netns), configuration, environment);
    }

    /** Returns when the plugin says that containers can be added. */
    public void awaitReady() {
        Await.until(GatewayNode.START, () -> "the plugin is ready; last answer: " + status().output(), () -> status().ok());
    }

    private Command.Result status() {
        return call("tombolo", "STATUS", "x", "", ROUTED);
    }

    public static String path(Namespace namespace) {
        return "/run/netns/" + namespace.name();
    }
}
