package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.PolicySettings;
import tombolo.api.config.PolicySettings.CloseAzure;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy.Outcome;
import tombolo.api.policy.Policies.Closed;

/** By packets: whose interfaces carry nothing until their endpoint is known, over restarts too, and whose are left alone. */
class ClosedUntilKnownTest {
    private static void arrive(Pods pods, Set<Pods.Probe> expected) {
        assertEquals(new TreeSet<>(expected), pods.arrived(pods.everything(), expected), () -> pods.nft("list", "table", "inet", "tombolo"));
    }

    private static void endpoint(RunningPolicy running, int pod, String annotations) {
        running.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + pod + "-eth0'" + annotations, "'orchestrator':'k8s','node':'here','pod':'pod" + pod
                + "','endpoint':'eth0','containerID':'c" + pod + "','interfaceName':'azv" + pod + "','mac':'" + Pods.mac(pod) + "','ipNetworks':['" + Pods.address(pod, true) + "/32','"
                + Pods.address(pod, false) + "/128'],'profiles':['kns.x']");
    }

    /** As gateway-cni does before it makes an interface. */
    private static void expect(RunningPolicy running, String mode) {
        assertInstanceOf(Outcome.InForce.class, running.node.admissions().expect(new Endpoint(new EndpointId("c9", "eth0"), "net", mode, "/run/netns/none", "azv9", Optional.empty(), 1500, List.of(), Map.of(),
                Endpoint.State.ADDING, 0), Duration.ofSeconds(20)));
    }

    private static Closed azure(RunningPolicy running) {
        return running.node.status().closed().stream().filter(one -> one.interfaces().equals("azv*")).findFirst().orElseThrow();
    }

    private static void settings(RunningPolicy running, CloseAzure close) {
        running.settings(new PolicySettings(PolicySettings.Established.KEEP, true, 100, close));
        RunningPolicy.eventually("close-azv", () -> azure(running).why().contains("= " + close.name().toLowerCase(Locale.ROOT)));
        running.inForce();
    }

    @Test
    void containersOfAForeignAzureCniAreLeftAloneUntilSuchInterfacesAreInUseHereAndNoRestartOpensThemAgain(@TempDir Path data) throws IOException {
        try (Pods pods = new Pods(3, List.of(80), pod -> (pod < 2 ? "azv" : "cali") + pod, false)) {
            Set<Pods.Probe> all = new TreeSet<>(pods.everything());
            Set<Pods.Probe> foreign = new TreeSet<>(all);
            foreign.removeIf(probe -> probe.from() == 2 || probe.to() == 2);
            RunningPolicy first = RunningPolicy.ofUnknown(pods, data);
            arrive(pods, foreign);
            assertTrue(!azure(first).closed() && azure(first).why().startsWith("no container has been added here"), azure(first)::toString);
            expect(first, "transparent");
            arrive(pods, Set.of());
            assertTrue(azure(first).closed() && azure(first).why().startsWith("in use here: mode transparent since "), azure(first)::toString);
            first.close();
            arrive(pods, Set.of()); // what stands, stands

            pods.nft("delete", "table", "inet", "tombolo"); // as the machine's own restart
            arrive(pods, all);
            RunningPolicy second = RunningPolicy.ofUnknown(pods, data);
            arrive(pods, Set.of());
            endpoint(second, 0, "");
            endpoint(second, 1, "");
            arrive(pods, foreign);
            second.close();

            Files.writeString(data.resolve("closed"), "what nobody writes\n");
            RunningPolicy third = RunningPolicy.ofUnknown(pods, data);
            arrive(pods, Set.of());
            assertTrue(azure(third).why().contains("cannot be read"), azure(third)::toString);
            settings(third, CloseAzure.NEVER);
            arrive(pods, foreign);
            settings(third, CloseAzure.ALWAYS);
            arrive(pods, Set.of());
            third.close();
        }
    }

    @Test
    void aHostEndpointForAllInterfacesGovernsForeignAzureInterfacesUntilTheyAreClosed(@TempDir Path data) {
        try (Pods pods = new Pods(2, List.of(80), pod -> "azv" + pod, true); RunningPolicy running = RunningPolicy.ofUnknown(pods, data)) {
            Set<Pods.Probe> all = new TreeSet<>(pods.everything());
            arrive(pods, all);
            Set<Pods.Probe> between = new TreeSet<>(all);
            between.removeIf(probe -> probe.from() == Pods.HOST || probe.to() == Pods.HOST);
            running.put("HostEndpoint", "'name':'all'", "'node':'here','interfaceName':'*'");
            arrive(pods, between);
            settings(running, CloseAzure.ALWAYS);
            all.removeIf(probe -> probe.from() != Pods.HOST || probe.tcp()); // what this host sends to containers is nobody's policy; no answer comes
            arrive(pods, all);
            settings(running, CloseAzure.NEVER);
            endpoint(running, 0, "");
            between.addAll(pods.everything().stream().filter(probe -> Set.of(probe.from(), probe.to()).equals(Set.of(0, Pods.HOST))).toList());
            arrive(pods, between); // of a known one its own policy decides, though such interfaces are open
        }
    }

    @Test
    void theFirstContainerBehindTheBridgeCarriesNothingUntilItIsKnown(@TempDir Path data) {
        try (Pods pods = Pods.bridged(2, List.of(80)); RunningPolicy running = RunningPolicy.ofUnknown(pods, data)) {
            Set<Pods.Probe> all = new TreeSet<>(pods.everything());
            arrive(pods, all);
            expect(running, "transparent");
            arrive(pods, all); // another mode's containers are not behind it
            expect(running, "bridge");
            arrive(pods, Set.of());
            assertTrue(running.node.status().closed().stream().anyMatch(one -> one.interfaces().equals("azure0") && one.closed()), () -> running.node.status().toString());
            endpoint(running, 0, ",'annotations':{'tombolo.io/mode':'bridge'}");
            arrive(pods, Set.of());
            endpoint(running, 1, ",'annotations':{'tombolo.io/mode':'bridge'}");
            arrive(pods, all);
        }
    }

    @Test
    void anEndpointThatTheStoreTellsOfBringsItIntoUseToo(@TempDir Path data) throws IOException {
        try (Pods pods = new Pods(2, List.of(80), pod -> "azv" + pod, false); RunningPolicy running = RunningPolicy.ofUnknown(pods, data)) {
            arrive(pods, new TreeSet<>(pods.everything()));
            endpoint(running, 0, "");
            arrive(pods, Set.of());
            assertTrue(Files.readString(data.resolve("closed")).startsWith("known "));
        }
    }
}
