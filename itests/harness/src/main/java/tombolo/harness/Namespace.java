package tombolo.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A named network namespace of ours.
 *
 * @param name at most 40 characters; starts with the prefix that tells our namespaces from those of others
 */
public record Namespace(String name) {
    private static final Path NAMED = Path.of("/run/netns");

    public Namespace {
        if (!name.matches("[a-z][a-z0-9-]{2,39}")) {
            throw new IllegalArgumentException("not a namespace name of ours: " + name);
        }
    }

    /** Makes the namespace with loopback up, as a router: forwarding on, no reverse path filter, IPv6 addresses kept over a link down. */
    public static Namespace create(String name) {
        Namespace namespace = new Namespace(name);
        Command.run("ip", "netns", "add", name);
        namespace.ip("link", "set", "dev", "lo", "up");
        namespace.sysctl("net.ipv4.ip_forward", "1");
        namespace.sysctl("net.ipv6.conf.all.forwarding", "1");
        // Both would be inherited from the machine or from the kernel's build; the laboratory wants the same everywhere.
        namespace.sysctl("net.ipv4.conf.all.rp_filter", "0");
        namespace.sysctl("net.ipv4.conf.default.rp_filter", "0");
        // Taking a link down removes its IPv6 addresses unless this is set; an edge router has them in its configuration.
        namespace.sysctl("net.ipv6.conf.all.keep_addr_on_down", "1");
        namespace.sysctl("net.ipv6.conf.default.keep_addr_on_down", "1");
        namespace.sysctl("net.ipv6.conf.default.accept_dad", "0");
        return namespace;
    }

    /** The namespaces that exist now and start with {@code prefix}. */
    public static List<Namespace> existing(String prefix) {
        try (Stream<Path> entries = Files.isDirectory(NAMED) ? Files.list(NAMED) : Stream.empty()) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> name.startsWith(prefix)).sorted().map(Namespace::new).toList();
        } catch (IOException problem) {
            throw new HarnessException("cannot list " + NAMED + ": " + problem.getMessage(), problem);
        }
    }

    /**
     * Ends what still runs inside the namespaces of this prefix, and removes them: what an earlier run or a crash left.
     *
     * @return the names removed
     */
    public static List<String> removeAll(String prefix) {
        List<String> removed = new ArrayList<>();
        for (Namespace namespace : existing(prefix)) {
            namespace.delete();
            removed.add(namespace.name());
        }
        return removed;
    }

    /** Ends the processes inside, then removes the namespace with its links. Does nothing where there is none. */
    public void delete() {
        if (!exists()) {
            return;
        }
        Daemon.stop(pids().stream().flatMap(pid -> Daemon.running(name, pid).stream()).toList());
        Command.run("ip", "netns", "delete", name);
    }

    public boolean exists() {
        return Files.exists(NAMED.resolve(name));
    }

    /** The processes that live in this namespace. */
    public List<Long> pids() {
        return Command.run("ip", "netns", "pids", name).lines().map(String::strip).filter(line -> !line.isEmpty()).map(Long::parseLong).toList();
    }

    /** {@code ip -n <name> ...}. */
    public String ip(String... words) {
        return Command.run(prepend(List.of("ip", "-n", name), words));
    }

    /** Runs a program inside; throws when it fails. */
    public String exec(String... words) {
        return Command.run(inside(words));
    }

    /** Runs a program inside and returns its exit code and output. */
    public Command.Result attempt(String... words) {
        return Command.attempt(inside(words));
    }

    /** The words that run {@code words} inside this namespace. {@code ip} replaces itself by the program: the pid stays the same. */
    public List<String> inside(String... words) {
        return prepend(List.of("ip", "netns", "exec", name), words);
    }

    public void sysctl(String key, String value) {
        // /proc/sys/net belongs to the namespace of who opens it; a file name is a key with its dots turned, and interface names may hold dots.
        exec("sh", "-c", "printf %s '" + value + "' >/proc/sys/" + key.replace('.', '/'));
    }

    /** Adds an address; IPv6 without duplicate address detection, which would keep it unusable for a second. */
    public void address(String link, String address) {
        if (address.contains(":")) {
            ip("addr", "add", address, "dev", link, "nodad");
        } else {
            ip("addr", "add", address, "dev", link);
        }
    }

    public void up(String link) {
        ip("link", "set", "dev", link, "up");
    }

    public void down(String link) {
        ip("link", "set", "dev", link, "down");
    }

    /**
     * The routes of one kernel protocol in the main table, one line each, sorted.
     *
     * @param family   {@code -4} or {@code -6}
     * @param protocol a number, or a name that {@code ip} knows
     */
    public List<String> routes(String family, String protocol) {
        // A route with several next hops goes on over indented lines.
        String routes = Command.run("ip", "-n", name, family, "route", "show", "proto", protocol).replaceAll("\\s*\\n\\s+nexthop", " nexthop");
        return routes.lines().map(String::strip).filter(line -> !line.isEmpty()).sorted().toList();
    }

    private static List<String> prepend(List<String> first, String... rest) {
        List<String> words = new ArrayList<>(first);
        words.addAll(List.of(rest));
        return words;
    }
}
