package tombolo.policy.adapter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.nftables.PacketProbe;
import tombolo.api.policy.Policies;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.ProbeStep;
import tombolo.api.policy.Policies.Probed;
import tombolo.api.policy.Policies.Question;
import tombolo.policy.core.Answers;
import tombolo.policy.core.Packet;

/** Asks the kernel by a packet what the model was asked. Any thread; the two services may come and go. */
final class Probing {
    private static final Duration LIMIT = Duration.ofSeconds(Policies.PROBE_SECONDS);
    /** IANA's dynamic ports, but for the one that questions without a packet are about. */
    private static final int FIRST_PORT = Packet.UNPRIVILEGED + 1;
    private static final int BEHIND_PORTS = 65536;

    private volatile Optional<PacketProbe> probe = Optional.empty();
    private volatile Optional<Endpoints> endpoints = Optional.empty();

    void probe(Optional<PacketProbe> service) {
        probe = service;
    }

    void endpoints(Optional<Endpoints> service) {
        endpoints = service;
    }

    /** What the model says, and what is to be sent, at one moment. */
    record Asked(Explanation explanation, Answers.Sending sending) { }

    /** @param model asked with the source port that the packet has */
    Probed send(Question question, BiFunction<Question, Integer, Asked> model) {
        PacketProbe sender = probe.orElseThrow(() -> new IllegalArgumentException("TMB-POL-022 no packet can be sent: gateway-dataplane or gateway-linux does not run"));
        Asked asked = model.apply(question, ThreadLocalRandom.current().nextInt(FIRST_PORT, BEHIND_PORTS));
        Packet packet = asked.sending.packet();
        String interfaceName = asked.sending.from().interfaceName().orElseThrow();
        PacketProbe.Outcome outcome = sender.send(new PacketProbe.Probe(netns(interfaceName), interfaceName, packet.source(), packet.destination(), packet.protocol(), packet.sourcePort(),
                packet.destinationPort(), packet.icmpType(), packet.icmpCode()), LIMIT);
        boolean allowed = asked.explanation.allowed();
        return switch (outcome) {
            case PacketProbe.Outcome.Seen(boolean passed, List<PacketProbe.Hop> path) -> new Probed(asked.explanation, Optional.of(passed), steps(path),
                    (passed ? "the packet went through all rules" : "the packet was dropped") + (passed == allowed ? ", as the model says"
                            : "; the model says " + (allowed ? "allow" : "deny") + ". Look at the last rule: it may not be one of policy, or a change is on its way"), passed == allowed);
            case PacketProbe.Outcome.Unknown(String reason, List<PacketProbe.Hop> path) -> new Probed(asked.explanation, Optional.empty(), steps(path), "nothing is known of the packet: " + reason, false);
        };
    }

    private String netns(String interfaceName) {
        Endpoints known = endpoints.orElseThrow(() -> new IllegalArgumentException("TMB-POL-023 the container's namespace is not known: gateway-cni does not run"));
        return known.list().stream().filter(endpoint -> endpoint.hostInterface().equals(interfaceName)).map(Endpoint::netns).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "TMB-POL-023 the container's namespace is not known: gateway-cni did not make interface " + interfaceName + "; see endpoint:list"));
    }

    private static List<ProbeStep> steps(List<PacketProbe.Hop> path) {
        return path.stream().map(hop -> new ProbeStep(hop.table(), hop.chain(), hop.rule(), hop.verdict())).toList();
    }
}
