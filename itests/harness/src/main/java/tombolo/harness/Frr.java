package tombolo.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** FRR's zebra and bgpd, and bfdd where wanted, in a namespace, without watchfrr, on sockets of their own. */
public final class Frr {
    private static final String PROGRAMS = "/usr/lib/frr/";
    private static final Duration START = Duration.ofSeconds(15);

    private final Namespace namespace;
    private final Path folder;
    private final Daemon zebra;
    private final Daemon bgpd;

    private Frr(Namespace namespace, Path folder, Daemon zebra, Daemon bgpd) {
        this.namespace = namespace;
        this.folder = folder;
        this.zebra = zebra;
        this.bgpd = bgpd;
    }

    /**
     * Starts zebra, then bgpd on {@code configuration}, and returns when both answer.
     *
     * @param options further options of bgpd: {@code -n} keeps its routes out of the kernel
     */
    public static Frr start(Namespace namespace, String configuration, String... options) {
        return start(namespace, configuration, Optional.empty(), options);
    }

    /** As above, with bfdd between the two, on a configuration of its own. */
    public static Frr startWithBfd(Namespace namespace, String configuration, String bfd) {
        return start(namespace, configuration, Optional.of(bfd));
    }

    private static Frr start(Namespace namespace, String configuration, Optional<String> bfd, String... options) {
        Path folder = RunFiles.folder(namespace, "frr");
        RunFiles.write(folder.resolve("zebra.conf"), "hostname " + namespace.name() + "\nlog file " + folder + "/zebra.log\n");
        RunFiles.write(folder.resolve("bgpd.conf"), "hostname " + namespace.name() + "\nlog file " + folder + "/bgpd.log\n" + configuration);
        bfd.ifPresent(text -> RunFiles.write(folder.resolve("bfdd.conf"), "hostname " + namespace.name() + "\nlog file " + folder + "/bfdd.log\n" + text));
        // All give up root for user frr before they make their sockets.
        Command.run("chown", "-R", "frr:frr", folder.toString());
        Daemon zebra = program(namespace, folder, "zebra");
        Await.until(START, () -> "zebra in " + namespace.name() + " answers; its output: " + Daemon.tail(folder.resolve("zebra.out")),
            () -> java.nio.file.Files.exists(folder.resolve("zserv.api")) && vtysh(folder, "zebra", "show version").ok());
        bfd.ifPresent(text -> {
            program(namespace, folder, "bfdd", "--bfdctl", folder.resolve("bfdd.sock").toString());
            Await.until(START, () -> "bfdd in " + namespace.name() + " answers; its output: " + Daemon.tail(folder.resolve("bfdd.out")),
                () -> vtysh(folder, "bfdd", "show version").ok());
        });
        Daemon bgpd = program(namespace, folder, "bgpd", options);
        Frr frr = new Frr(namespace, folder, zebra, bgpd);
        Await.until(START, () -> "bgpd in " + namespace.name() + " answers; its output: " + Daemon.tail(folder.resolve("bgpd.out")),
            () -> vtysh(folder, "bgpd", "show version").ok());
        return frr;
    }

    public static Frr attached(Namespace namespace, Daemon zebra, Daemon bgpd) {
        return new Frr(namespace, RunFiles.BASE.resolve(namespace.name()).resolve("frr"), zebra, bgpd);
    }

    private static Daemon program(Namespace namespace, Path folder, String program, String... options) {
        List<String> words = new ArrayList<>(List.of(PROGRAMS + program, "-z", folder.resolve("zserv.api").toString(),
            "-i", folder.resolve(program + ".pid").toString(), "-f", folder.resolve(program + ".conf").toString(), "--vty_socket", folder.toString()));
        words.addAll(List.of(options));
        return Daemon.start(program + " in " + namespace.name(), namespace, folder.resolve(program + ".out"), Map.of(), words);
    }

    private static Command.Result vtysh(Path folder, String daemon, String... lines) {
        List<String> words = new ArrayList<>(List.of("vtysh", "--vty_socket", folder.toString()));
        if (!daemon.isEmpty()) {
            words.addAll(List.of("-d", daemon));
        }
        for (String line : lines) {
            words.addAll(List.of("-c", line));
        }
        return Command.attempt(words);
    }

    public List<Daemon> daemons() {
        return List.of(zebra, bgpd);
    }

    public Daemon bgpd() {
        return bgpd;
    }

    /** Commands of {@code vtysh}, one after the other; their output. */
    public String ask(String... lines) {
        Command.Result result = vtysh(folder, "", lines);
        if (!result.ok()) {
            throw new HarnessException("vtysh in " + namespace.name() + ": " + String.join("; ", lines) + ": " + result.output().strip());
        }
        return result.output();
    }

    /** One command that answers with JSON. */
    public JsonNode json(String line) {
        return JsonAnswer.of("vtysh in " + namespace.name() + ": " + line, ask(line));
    }

    public boolean established(String neighbor) {
        return vtysh(folder, "bgpd", "show bgp neighbors " + neighbor).output().contains("BGP state = Established");
    }

    public void awaitEstablished(String neighbor, Duration limit) {
        Await.until(limit, () -> "neighbor " + neighbor + " established in " + namespace.name() + "; seen: " + ask("show bgp summary"), () -> established(neighbor));
    }

    /** {@code show bgp <family> unicast <prefix>}; empty when there is none. */
    public String route(String prefix) {
        String answer = ask("show bgp " + (prefix.contains(":") ? "ipv6" : "ipv4") + " unicast " + prefix);
        return answer.contains("Network not in table") ? "" : answer;
    }

    public void stop() {
        bgpd.stop();
        zebra.stop();
    }
}
