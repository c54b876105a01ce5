package tombolo.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.cni.core.NetworkConfiguration.Kind;
import tombolo.runtime.json.JsonText;

/** Requests of container runtimes, checked as CNI 1.1 says. */
class CniRequestTest {
    private static CniRequest read(String plugin, Map<String, String> environment, String configuration) {
        try {
            return CniRequest.read(plugin, environment, configuration.isEmpty() ? Optional.empty() : Optional.of(JsonText.parse(configuration)));
        } catch (JsonText.Malformed e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Map<String, String> environment(String command, String... more) {
        Map<String, String> environment = new TreeMap<>(Map.of("CNI_COMMAND", command, "CNI_CONTAINERID", "c1", "CNI_NETNS", "/run/netns/c1", "CNI_IFNAME", "eth0"));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private static CniError refused(CniRequest request) {
        return assertInstanceOf(CniRequest.Refused.class, request).error();
    }

    private static final String CONFIGURATION = "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"tombolo\"}";

    @Test
    void anAddHasItsContainerNamespaceArgumentsAndNetwork() {
        CniRequest.Add add = assertInstanceOf(CniRequest.Add.class, read("tombolo", environment("ADD", "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=web;K8S_POD_NAME=a;X="),
                CONFIGURATION));
        assertEquals(new EndpointId("c1", "eth0"), add.id());
        assertEquals("/run/netns/c1", add.netns());
        assertEquals(Map.of("IgnoreUnknown", "1", "K8S_POD_NAMESPACE", "web", "K8S_POD_NAME", "a", "X", ""), add.arguments());
        assertEquals(CniVersion.V1_0_0, add.network().version());
        assertEquals(Kind.TOMBOLO, add.network().kind());
    }

    /** Its endpoint could not be stored in it; a container of podman's, which has no form of a pod, has no namespace. */
    @Test
    void anAddOfAPodWhoseNamespaceIsTooLongIsError7AndItsDelIsTaken() {
        String longest = "K8S_POD_NAME=a;K8S_POD_NAMESPACE=" + "n".repeat(63);
        assertInstanceOf(CniRequest.Add.class, read("tombolo", environment("ADD", "CNI_ARGS", longest), CONFIGURATION));
        CniError error = refused(read("tombolo", environment("ADD", "CNI_ARGS", longest + "n"), CONFIGURATION));
        assertEquals(CniError.INVALID_CONFIGURATION, error.code());
        assertTrue(error.message().contains("K8S_POD_NAMESPACE") && error.message().contains("64"), error.message());
        assertInstanceOf(CniRequest.Del.class, read("tombolo", environment("DEL", "CNI_ARGS", longest + "n"), CONFIGURATION));
        String container = "K8S_POD_NAME=brave_curie;K8S_POD_NAMESPACE=" + "brave_curie".repeat(7);
        assertInstanceOf(CniRequest.Add.class, read("tombolo", environment("ADD", "CNI_ARGS", container), CONFIGURATION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"})
    void aMissingVariableIsError4AndNamed(String name) {
        Map<String, String> environment = environment("ADD");
        environment.remove(name);
        CniError error = refused(read("tombolo", environment, CONFIGURATION));
        assertEquals(CniError.INVALID_ENVIRONMENT, error.code());
        assertTrue(error.message().contains(name), error.message());
    }

    @Test
    void aDelWithoutANamespaceIsTaken() {
        Map<String, String> environment = environment("DEL");
        environment.remove("CNI_NETNS");
        assertEquals(Optional.empty(), assertInstanceOf(CniRequest.Del.class, read("tombolo", environment, CONFIGURATION)).netns());
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0123456789012", "..", ".", "a/b", "a:b", "a b"})
    void anInterfaceNameThatTheKernelWouldRefuseIsError4(String name) {
        assertEquals(CniError.INVALID_ENVIRONMENT, refused(read("tombolo", environment("ADD", "CNI_IFNAME", name), CONFIGURATION)).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c1", "a/b", "a b", "ä"})
    void aContainerIdThatIsNoneIsError4(String id) {
        assertEquals(CniError.INVALID_ENVIRONMENT, refused(read("tombolo", environment("ADD", "CNI_CONTAINERID", id), CONFIGURATION)).code());
    }

    @Test
    void anUnknownCommandAndOneThatIsMissingAreError4() {
        assertEquals(CniError.INVALID_ENVIRONMENT, refused(read("tombolo", environment("MOVE"), CONFIGURATION)).code());
        assertEquals(CniError.INVALID_ENVIRONMENT, refused(read("tombolo", Map.of(), CONFIGURATION)).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.0", "2.0.0", "9", "0.5.0"})
    void aVersionThatIsNotKnownIsError1(String version) {
        CniError error = refused(read("tombolo", environment("ADD"), CONFIGURATION.replace("1.0.0", version)));
        assertEquals(CniError.INCOMPATIBLE_VERSION, error.code());
        assertTrue(error.details().contains("1.1.0"), error.details());
    }

    @Test
    void aConfigurationWithoutAVersionIsOne_0_1_0() {
        assertEquals(CniVersion.V0_1_0, assertInstanceOf(CniRequest.Add.class, read("tombolo", environment("ADD"), "{\"name\":\"net\",\"type\":\"tombolo\"}")).network().version());
    }

    @Test
    void noJsonObjectIsError6AndABadNameIsError7() {
        assertEquals(CniError.NOT_DECODABLE, refused(read("tombolo", environment("ADD"), "[]")).code());
        assertEquals(CniError.NOT_DECODABLE, refused(read("tombolo", environment("ADD"), "")).code());
        for (String name : List.of("", "/x", "a b")) {
            assertEquals(CniError.INVALID_CONFIGURATION, refused(read("tombolo", environment("ADD"), CONFIGURATION.replace("\"net\"", "\"" + name + "\""))).code());
        }
    }

    @Test
    void checkNeedsVersion_0_4_0AndAPreviousResult() {
        assertEquals(CniError.INCOMPATIBLE_VERSION, refused(read("tombolo", environment("CHECK"), CONFIGURATION.replace("1.0.0", "0.3.1"))).code());
        assertEquals(CniError.INVALID_CONFIGURATION, refused(read("tombolo", environment("CHECK"), CONFIGURATION)).code());
        assertInstanceOf(CniRequest.Check.class, read("tombolo", environment("CHECK"), CONFIGURATION.replace("}", ",\"prevResult\":{\"ips\":[]}}")));
    }

    @Test
    void gcAndStatusCameWithVersion_1_1_0() {
        for (String command : List.of("GC", "STATUS")) {
            assertEquals(CniError.INCOMPATIBLE_VERSION, refused(read("tombolo", Map.of("CNI_COMMAND", command), CONFIGURATION.replace("}", ",\"cni.dev/valid-attachments\":[]}"))).code());
        }
        assertInstanceOf(CniRequest.Status.class, read("tombolo", Map.of("CNI_COMMAND", "STATUS"), CONFIGURATION.replace("1.0.0", "1.1.0")));
    }

    @Test
    void gcHasTheAttachmentsThatStayAndNeverTakesAMissingListForAnEmptyOne() {
        String newest = CONFIGURATION.replace("1.0.0", "1.1.0");
        CniRequest.Gc gc = assertInstanceOf(CniRequest.Gc.class, read("tombolo", Map.of("CNI_COMMAND", "GC"),
                newest.replace("}", ",\"cni.dev/valid-attachments\":[{\"containerID\":\"c1\",\"ifname\":\"eth0\"}]}")));
        assertEquals(Set.of(new EndpointId("c1", "eth0")), gc.valid());
        assertEquals(CniError.INVALID_CONFIGURATION, refused(read("tombolo", Map.of("CNI_COMMAND", "GC"), newest)).code());
        assertEquals(CniError.INVALID_CONFIGURATION, refused(read("tombolo", Map.of("CNI_COMMAND", "GC"), newest.replace("}", ",\"cni.dev/valid-attachments\":[{}]}"))).code());
    }

    @Test
    void versionEchoesWhateverWasStated() {
        assertEquals(new CniRequest.Version("9.9.9"), read("tombolo", Map.of("CNI_COMMAND", "VERSION"), "{\"cniVersion\":\"9.9.9\"}"));
        assertEquals(new CniRequest.Version("0.1.0"), read("tombolo", Map.of("CNI_COMMAND", "VERSION"), ""));
    }

    @Test
    void calicosConfigurationIsTakenAsItIsInTheField() {
        CniRequest.Add add = assertInstanceOf(CniRequest.Add.class, read("calico", environment("ADD"), """
                {"name":"k8s-pod-network","cniVersion":"0.3.1","type":"calico","log_level":"info","log_file_path":"/var/log/calico/cni/cni.log",
                 "etcd_endpoints":"https://10.0.0.1:2379","etcd_key_file":"/k","etcd_cert_file":"/c","etcd_ca_cert_file":"/a","mtu":1440,
                 "ipam":{"type":"calico-ipam","assign_ipv4":"true","assign_ipv6":"true","ipv4_pools":["pool-a","10.65.0.0/16"]},
                 "container_settings":{"allow_ip_forwarding":false},"policy":{"type":"k8s"},"kubernetes":{"kubeconfig":"/etc/cni/net.d/calico-kubeconfig"},"unheard_of":{"a":[1]}}"""));
        assertEquals(Kind.CALICO, add.network().kind());
        assertEquals("calico-ipam", add.network().ipam());
        assertEquals(List.of("pool-a", "10.65.0.0/16"), add.network().pools("ipv4_pools"));
        assertTrue(add.network().assigns("assign_ipv6", false));
        assertTrue(add.network().tree().get("unheard_of").isPresent());
    }

    @Test
    void azuresConfigurationIsTakenAsItIsInTheField() {
        CniRequest.Add add = assertInstanceOf(CniRequest.Add.class, read("azure-vnet", environment("ADD"), """
                {"cniVersion":"0.3.0","name":"azure","type":"azure-vnet","mode":"transparent","ipsToRouteViaHost":["169.254.20.10"],"ipam":{"type":"azure-vnet-ipam"}}"""));
        assertEquals(Kind.AZURE, add.network().kind());
        assertEquals(Optional.of("transparent"), add.network().text("mode"));
        assertEquals(Kind.IPAM, assertInstanceOf(CniRequest.Add.class, read("azure-vnet-ipam", environment("ADD"),
                "{\"cniVersion\":\"0.3.0\",\"name\":\"azure\",\"type\":\"azure-vnet\",\"ipam\":{\"type\":\"azure-vnet-ipam\"}}")).network().kind());
    }

    @Test
    void capabilitiesAreRead() {
        NetworkConfiguration network = assertInstanceOf(CniRequest.Add.class, read("tombolo", environment("ADD"), CONFIGURATION.replace("}", """
                ,"runtimeConfig":{"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"},{"hostPort":0,"containerPort":81}],
                 "ips":["10.65.0.9/24"],"mac":"02:00:00:00:00:09","bandwidth":{"ingressRate":1000}}}"""))).network();
        assertEquals(List.of(new NetworkConfiguration.PortMapping(8080, 80, "tcp", Optional.empty())), network.runtime().portMappings());
        assertEquals("10.65.0.9", network.runtime().addresses().getFirst().toString());
        assertEquals("02:00:00:00:00:09", network.runtime().mac().orElseThrow().toString());
        assertEquals(CniError.INVALID_CONFIGURATION, refused(read("tombolo", environment("ADD"), CONFIGURATION.replace("}", ",\"runtimeConfig\":{\"mac\":\"01:00:5e:00:00:01\"}}"))).code());
        assertEquals(CniError.INVALID_CONFIGURATION, refused(read("tombolo", environment("ADD"), CONFIGURATION.replace("}", ",\"runtimeConfig\":{\"ips\":[\"x\"]}}"))).code());
    }

    @Test
    void anErrorIsToldInTheConfigurationsVersion() {
        CniRequest.Refused refused = assertInstanceOf(CniRequest.Refused.class, read("tombolo", environment("ADD"), CONFIGURATION.replace("net", "-").replace("1.0.0", "0.4.0")));
        assertEquals(CniVersion.V0_4_0, refused.version());
        Json.Obj json = refused.error().toJson(refused.version());
        assertEquals(Optional.of("0.4.0"), json.text("cniVersion"));
        assertEquals(7, json.integer("code").orElseThrow());
        assertTrue(json.text("msg").isPresent());
    }
}
