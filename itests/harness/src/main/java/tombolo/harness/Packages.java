package tombolo.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Installs Debian packages of routing daemons without letting any of their services run.
 * {@code java -cp harness.jar tombolo.harness.Packages bird2 frr}: says what it will do, does it, ends with 0 when all are there.
 */
public final class Packages {
    /** The services that come with the packages we install; each is switched off where we are the one who installed it. */
    private static final Map<String, List<String>> SERVICES = Map.of("bird2", List.of("bird"), "frr", List.of("frr"), "gobgpd", List.of("gobgpd"),
            "containerd", List.of("containerd"), "podman", List.of("podman.service", "podman.socket", "podman-auto-update.service", "podman-auto-update.timer", "podman-restart.service"));
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");

    private Packages() { }

    public static void main(String[] names) {
        List<String> missing = missing(List.of(names));
        if (missing.isEmpty()) {
            return;
        }
        String problem = precondition(missing).orElse("");
        if (!problem.isEmpty()) {
            System.err.println(problem);
            System.exit(1);
        }
        System.err.println("installing " + String.join(" ", missing) + " (their services stay off)");
        install(missing);
    }

    /** Those of {@code names} that are not installed. */
    public static List<String> missing(List<String> names) {
        return names.stream().filter(name -> !Command.attempt("dpkg-query", "-W", "-f", "${db:Status-Status}", name).output().equals("installed")).toList();
    }

    /** Why {@code missing} cannot be installed here, with what to do; empty when it can. */
    public static Optional<String> precondition(List<String> missing) {
        String list = String.join(" ", missing);
        if (!Command.available("apt-get")) {
            return Optional.of("missing: " + list + ". This machine has no apt-get: install the programs of these Debian packages by its own means.");
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("missing: " + list + ". Installing them needs root: run this as root, or `apt-get install " + list + "` first.");
        }
        return Optional.empty();
    }

    /** Installs; policy-rc.d forbids every service start meanwhile and is put back as it was. */
    public static void install(List<String> names) {
        Path saved = POLICY.resolveSibling("policy-rc.d.before-tombolo");
        try {
            if (Files.exists(POLICY)) {
                Files.move(POLICY, saved);
            }
            Files.writeString(POLICY, "#!/bin/sh\n# Written for the time of one installation: no service of these packages is to start.\nexit 101\n");
            POLICY.toFile().setExecutable(true);
            List<String> words = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends"));
            words.addAll(names);
            Command.Result first = Command.attempt(words);
            if (!first.ok()) {
                // The usual reason on a fresh machine: package lists that are absent or old.
                Command.run("apt-get", "update", "-q");
                Command.run(words);
            }
            names.forEach(Packages::switchOff);
        } catch (IOException problem) {
            throw new HarnessException("cannot write " + POLICY + ": " + problem.getMessage(), problem);
        } finally {
            restore(saved);
        }
    }

    private static void restore(Path saved) {
        try {
            Files.deleteIfExists(POLICY);
            if (Files.exists(saved)) {
                Files.move(saved, POLICY);
            }
        } catch (IOException problem) {
            throw new HarnessException("cannot put " + POLICY + " back from " + saved + ": " + problem.getMessage(), problem);
        }
    }

    /** A package's own script enables its service, whatever policy-rc.d says. */
    private static void switchOff(String name) {
        for (String service : SERVICES.getOrDefault(name, List.of())) {
            if (Command.available("systemctl")) {
                Command.attempt("systemctl", "disable", "--quiet", service);
            }
            if (Command.available("update-rc.d")) {
                Command.attempt("update-rc.d", service.replaceAll("\\..*", ""), "disable");
            }
        }
    }
}
