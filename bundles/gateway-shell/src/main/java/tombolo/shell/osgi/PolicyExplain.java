package tombolo.shell.osgi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.PolicyViews;
import tombolo.shell.core.Services;

/** {@code policy:explain}. */
@NullUnmarked
@Service
@Command(scope = "policy", name = "explain", description = "Explains what becomes of a packet",
        detailedDescription = "The way of a new connection's first packet through tiers, policies and rules, at each end that is on this node, to the verdict. FROM and TO are endpoints or " +
        "addresses; PORT is the destination's, for ICMP the type. With --probe a real packet is sent and compared with the answer.")
public final class PolicyExplain extends GatewayCommand {
    @Option(name = "--probe", description = "Also send such a packet out of the container FROM and follow it through the kernel's rules; nobody receives it")
    boolean probe;

    @Argument(index = 0, name = "FROM", description = "NAMESPACE/POD, NAMESPACE/NAME, an interface or an address", required = true)
    @Completion(PolicyEndpointCompleter.class)
    String from;

    @Argument(index = 1, name = "TO", description = "NAMESPACE/POD, NAMESPACE/NAME, an interface or an address", required = true)
    @Completion(PolicyEndpointCompleter.class)
    String to;

    @Argument(index = 2, name = "PROTOCOL", description = "TCP, UDP, SCTP, ICMP, ICMPv6, UDPLite or a number", required = true)
    @Completion(value = StringsCompleter.class, values = {"TCP", "UDP", "SCTP", "ICMP", "ICMPv6"})
    String protocol;

    @Argument(index = 3, name = "PORT", description = "The port where the protocol has ports; options may follow", required = false, multiValued = true)
    List<String> words;

    @Override
    List<String> further() {
        return words == null ? List.of() : words.stream().filter(word -> word.startsWith("--")).toList();
    }

    @Override
    Document answer(Services services) {
        List<String> numbers = new ArrayList<>(words == null ? List.of() : words);
        numbers.removeIf(word -> word.startsWith("--"));
        Optional<String> port = numbers.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", numbers));
        return probe ? PolicyViews.probe(services, from, to, protocol, port) : PolicyViews.explain(services, from, to, protocol, port);
    }
}
