package tombolo.bgp.session.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.SecretRef;
import tombolo.api.config.Settings;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.bgp.session.adapter.TcpSessions;

/**
 * The session bundle as a process of its own, so that a test can run it inside a namespace. Settings come as arguments ({@code key=value}, a peer's keys
 * behind {@code name.}), commands on standard input; what the route bundle would see is written to standard output, a line each.
 */
public final class SessionNode implements SessionConsumer {
    private final TcpSessions sessions;
    private final boolean reads;

    private SessionNode(TcpSessions sessions, boolean reads) {
        this.sessions = sessions;
        this.reads = reads;
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> node = new TreeMap<>();
        TcpSessions sessions = new TcpSessions(Path.of(arguments[0]), 1);
        SessionNode consumer = new SessionNode(sessions, true);
        for (String argument : Arrays.copyOfRange(arguments, 1, arguments.length)) {
            node.put(argument.substring(0, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
        }
        sessions.settingsChanged(settings(node));
        if (!node.containsKey("detached")) {
            sessions.attach(consumer);
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "set" -> {
                    node.put(words[1], words.length > 2 ? words[2] : "");
                    sessions.settingsChanged(settings(node));
                }
                case "unset" -> {
                    node.keySet().removeIf(key -> key.equals(words[1]) || key.startsWith(words[1] + "."));
                    sessions.settingsChanged(settings(node));
                }
                case "status" -> sessions.status().forEach(SessionNode::print);
                case "resets" -> sessions.status().forEach(each -> each.resets().forEach(reset -> say("reset " + each.name() + " " + reset.state() + " "
                        + reset.cause() + " | " + reset.notification().map(Object::toString).orElse("-") + " sent=" + reset.sent())));
                case "shutdown" -> sessions.shutdown(words[1], words[2]);
                case "enable" -> sessions.enable(words[1]);
                case "reset" -> sessions.reset(words[1]);
                case "drain" -> {
                    sessions.shutdownAll(words[1]);
                    say("drained");
                }
                case "detach" -> {
                    sessions.detach(consumer);
                    say("detached");
                }
                case "attach" -> sessions.attach(consumer);
                case "link" -> sessions.linkChanged(new Link(7, words[1], Optional.empty(), true, words[2].equals("up"), 1500, List.of()), words[2].equals("up"),
                        "interface " + words[1] + (words[2].equals("up") ? " has carrier" : " lost carrier"));
                case "offer" -> {
                    BgpSession session = sessions.session(words[1]).orElseThrow();
                    byte[] message = HexFormat.of().parseHex(words[2]);
                    say("offer " + session.offer(consumer.number(words[1]), message, 0, message.length));
                }
                case "strangers" -> say("strangers " + sessions.strangersRefused());
                case "stop" -> {
                    sessions.close();
                    say("stopped");
                    return;
                }
                default -> say("unknown command " + words[0]);
            }
        }
        sessions.close();
    }

    private final Map<String, Long> numbers = new HashMap<>();

    private synchronized long number(String peer) {
        return numbers.getOrDefault(peer, 0L);
    }

    @Override
    public synchronized void ready(BgpSession session) {
        for (@Nullable SessionInput input = session.poll(); reads && input != null; input = session.poll()) {
            switch (input) {
                case SessionInput.Up(SessionUp up) -> {
                    numbers.put(session.peer(), up.sessionNumber());
                    say("up " + session.peer() + " resumed=" + up.resumed() + " families=" + up.families().stream().sorted().toList() + " as4=" + up.fourOctetAs()
                            + " refresh=" + up.refresh() + "/" + up.enhancedRefresh() + " max=" + up.maxMessageLength() + " gr=" + up.gracefulRestart()
                            + " hold=" + up.holdTimeSeconds() + " local=" + up.localAddress() + " ll=" + up.localLinkLocal() + " v4=" + up.localIpv4()
                            + " v6=" + up.localGlobal() + " id=" + up.remoteId());
                }
                case SessionInput.Messages(byte[] bytes, int length) -> say("messages " + session.peer() + " " + HexFormat.of().formatHex(bytes, 0, length));
                case SessionInput.Down(long number, String why, boolean graceful) -> say("down " + session.peer() + " graceful=" + graceful + " " + why);
            }
        }
    }

    @Override
    public void removed(BgpSession session) {
        ready(session);
        say("removed " + session.peer());
    }

    private static void print(PeerStatus status) {
        say("status " + status.name() + " " + status.state() + " flaps=" + status.flaps() + " in=" + status.messagesIn() + " out=" + status.messagesOut()
                + " retry=" + status.retryInMillis().isPresent() + " detail=" + status.detail());
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static Settings settings(Map<String, String> node) {
        Map<String, PeerSettings> peers = new TreeMap<>();
        List<String> names = new ArrayList<>(node.keySet().stream().filter(key -> key.endsWith(".address")).map(key -> key.substring(0, key.indexOf('.'))).toList());
        names.forEach(name -> peers.put(name, peer(name, node)));
        List<IpAddress> listen = addresses(node.getOrDefault("listen", "0.0.0.0,::")).toList();
        BgpSettings bgp = new BgpSettings(Optional.of(Asn.parse(node.getOrDefault("as", "65001"))), Optional.of(RouterId.parse(node.getOrDefault("id", "10.9.9.1"))),
                listen, Integer.parseInt(node.getOrDefault("port", "179")), 1, 1, false, false, true, 100, 120, 120,
                Optional.empty(), 8_000_000);
        return new Settings(new NodeSettings("node", 254, 20, 10, false, List.of()), bgp, peers, Map.of(), Map.of(), Map.of());
    }

    private static Stream<IpAddress> addresses(String list) {
        return Arrays.stream(list.split(",")).filter(text -> !text.isEmpty()).map(IpAddress::parse);
    }

    private static PeerSettings peer(String name, Map<String, String> node) {
        Keys keys = key -> Optional.ofNullable(node.get(name + "." + key));
        IpAddress remote = IpAddress.parse(keys.get("address").orElseThrow());
        List<AddressFamily> families = keys.get("families").map(text -> Arrays.stream(text.split(",")).map(AddressFamily::valueOf).toList()).orElse(List.of(remote.family()));
        return new PeerSettings(name, keys.get("description").orElse(""), remote, keys.get("interface"), keys.number("remote-port").orElse(179),
                Asn.parse(keys.get("as").orElseThrow()), keys.get("local-address").map(IpAddress::parse), keys.get("local-as").map(text -> new PeerSettings.LocalAs(Asn.parse(text), false, false)),
                keys.get("password-file").map(SecretRef.InFile::new), keys.get("passive").isPresent(), keys.get("shutdown").isPresent(),
                keys.number("hold").orElse(90), Optional.empty(), keys.number("retry").orElse(1), keys.number("multihop"), keys.number("gtsm"), families,
                List.of(), List.of(), Map.of(), 75, PeerSettings.MaxPrefixesAction.DROP, 300, 0, false, PeerSettings.NextHopMode.AUTO, false,
                List.of(), true, keys.get("no-gr").isEmpty(), 0, true, keys.number("delay-open").orElse(0), false, Optional.empty());
    }

    @FunctionalInterface
    private interface Keys {
        Optional<String> get(String key);

        default Optional<Integer> number(String key) {
            return get(key).map(Integer::valueOf);
        }
    }
}
