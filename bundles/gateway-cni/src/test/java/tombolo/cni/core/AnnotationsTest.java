package tombolo.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.runtime.json.JsonText;

/** Calico's annotations, given in CNI_ARGS or by the runtime's capability. */
class AnnotationsTest {
    private static CniRequest read(String arguments, String more) {
        Map<String, String> environment = new TreeMap<>(Map.of("CNI_COMMAND", "ADD", "CNI_CONTAINERID", "c1", "CNI_NETNS", "/run/netns/c1", "CNI_IFNAME", "eth0", "CNI_ARGS", arguments));
        try {
            return CniRequest.read("calico", environment, Optional.of(JsonText.parse("{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"calico\"" + more + "}")));
        } catch (JsonText.Malformed e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static CniRequest.Add add(String arguments, String more) {
        return assertInstanceOf(CniRequest.Add.class, read(arguments, more), () -> read(arguments, more).toString());
    }

    private static CniError refused(String arguments, String more) {
        return assertInstanceOf(CniRequest.Refused.class, read(arguments, more)).error();
    }

    @Test
    void eachAnnotationIsReadFromTheArgumentsUnderItsOwnName() {
        Annotations read = add("IgnoreUnknown=1;K8S_POD_NAME=a;cni.projectcalico.org/ipAddrs=[\"10.65.0.9\",\"2001:db8::9\"];cni.projectcalico.org/ipv4pools=[\"pool-a\",\"10.65.0.0/16\"]"
                + ";cni.projectcalico.org/ipv6pools=[\"six\"];cni.projectcalico.org/hwAddr=02:00:00:00:00:09;cni.projectcalico.org/ipFamilies=[\"IPv4\",\"ipv6\"]"
                + ";cni.projectcalico.org/allowedSourcePrefixes=[\"192.0.2.0/24\"]", "").annotations();
        assertEquals(List.of(IpAddress.parse("10.65.0.9"), IpAddress.parse("2001:db8::9")), read.addresses());
        assertTrue(read.byIpam());
        assertEquals(Optional.of(List.of("pool-a", "10.65.0.0/16")), read.ipv4Pools());
        assertEquals(Optional.of(List.of("six")), read.ipv6Pools());
        assertEquals("02:00:00:00:00:09", read.mac().orElseThrow().toString());
        assertEquals(Optional.of(Set.of(AddressFamily.IPV4, AddressFamily.IPV6)), read.families());
        assertEquals("192.0.2.0/24", read.sources().getFirst().toString());
    }

    @Test
    void theRuntimesAnnotationsAreReadAndTheCallsOwnWin() {
        String runtime = ",\"runtimeConfig\":{\"io.kubernetes.cri.pod-annotations\":{\"cni.projectcalico.org/ipAddrs\":\"[\\\"10.65.0.9\\\"]\",\"cni.projectcalico.org/hwAddr\":"
                + "\"02:00:00:00:00:09\",\"kubernetes.io/config.source\":\"api\"}}";
        Annotations read = add("", runtime).annotations();
        assertEquals(List.of(IpAddress.parse("10.65.0.9")), read.addresses());
        assertEquals(Set.of("cni.projectcalico.org/ipAddrs", "cni.projectcalico.org/hwAddr"), read.stated().keySet(), "other people's annotations are not ours to keep");
        assertEquals("02:00:00:00:00:10", add("cni.projectcalico.org/hwAddr=02:00:00:00:00:10", runtime).annotations().mac().orElseThrow().toString());
    }

    @Test
    void addressesWithoutIpamNeedTheFeatureAndExcludeThoseOfThePools() {
        String wish = "cni.projectcalico.org/ipAddrsNoIpam=[\"10.99.0.9\"]";
        assertEquals(CniError.INVALID_CONFIGURATION, refused(wish, "").code());
        Annotations read = add(wish, ",\"feature_control\":{\"ip_addrs_no_ipam\":true}").annotations();
        assertFalse(read.byIpam());
        assertEquals(List.of(IpAddress.parse("10.99.0.9")), read.addresses());
        assertTrue(refused(wish + ";cni.projectcalico.org/ipAddrs=[\"10.65.0.9\"]", ",\"feature_control\":{\"ip_addrs_no_ipam\":true}").message().contains("exclude"));
    }

    @Test
    void floatingAddressesAreRefusedBecauseNothingTranslatesThem() {
        String wish = "cni.projectcalico.org/floatingIPs=[\"203.0.113.9\"]";
        assertTrue(refused(wish, "").details().contains("feature_control"));
        assertTrue(refused(wish, ",\"feature_control\":{\"floating_ips\":true}").details().contains("translated"));
        assertEquals(List.of(), add("cni.projectcalico.org/floatingIPs=[]", "").annotations().addresses(), "none is none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipAddrs=10.65.0.9", "ipAddrs=[\"x\"]", "ipAddrs=[\"10.65.0.9\",\"10.65.0.10\"]", "ipAddrs=[7]", "ipAddrs=[", "ipv4pools=pool-a", "ipv4pools={}", "hwAddr=x",
        "hwAddr=01:00:5e:00:00:01", "ipFamilies=[\"ipx\"]", "allowedSourcePrefixes=[\"192.0.2.1/24\"]"})
    void anAnnotationThatCannotBeReadIsError7AndNamed(String annotation) {
        CniError error = refused(Annotations.PREFIX + annotation, "");
        assertEquals(CniError.INVALID_CONFIGURATION, error.code());
        assertTrue(error.message().contains(annotation.substring(0, annotation.indexOf('='))), error.toString());
    }

    @Test
    void addressesAndLabelsOfTheNetworksArgumentsAreRead() {
        CniRequest.Add add = add("", ",\"args\":{\"cni\":{\"ips\":[\"10.65.0.9/24\"],\"labels\":[{\"key\":\"app\",\"value\":\"web\"},{\"key\":\"example.com/bare\"}]}}");
        assertEquals(List.of(IpAddress.parse("10.65.0.9")), add.network().runtime().addresses());
        assertEquals(Map.of("app", "web", "example.com/bare", ""), add.network().labels());
    }

    /** Its WorkloadEndpoint would be refused later, and the container would stay closed. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"key\":\"-app\",\"value\":\"web\"}", "{\"key\":\"app\",\"value\":\"not valid\"}", "{\"key\":\"app\",\"value\":7}", "{\"value\":\"app\"}", "\"app\"",
            "{\"key\":\"a/app/x\",\"value\":\"web\"}"})
    void aLabelThatNoEndpointCanHaveIsError7AndNamed(String label) {
        CniError error = refused("", ",\"args\":{\"cni\":{\"labels\":[{\"key\":\"good\",\"value\":\"good\"}," + label + "]}}");
        assertEquals(CniError.INVALID_CONFIGURATION, error.code());
        assertTrue(error.message().contains("app") || error.message().contains("7"), error.toString());
    }

    @Test
    void aLabelInTheArgumentsIsHeldToTheSame() {
        assertEquals("web", add("label/app=web", "").arguments().get("label/app"));
        CniError error = refused("label/app=not valid", "");
        assertEquals(CniError.INVALID_CONFIGURATION, error.code());
        assertTrue(error.message().contains("'app' = 'not valid'"), error.toString());
    }

    @Test
    void tooManyLabelsAreRefusedAndNotLeftOut() {
        String many = String.join(",", java.util.Collections.nCopies(257, "{\"key\":\"app\",\"value\":\"web\"}"));
        assertTrue(refused("", ",\"args\":{\"cni\":{\"labels\":[" + many + "]}}").message().contains("257"));
    }

    /** args.cni goes to every plugin of a list; ports are mapped behind whoever makes the endpoint. */
    @Test
    void aPortmapEntryLooksAtNoLabels() throws JsonText.Malformed {
        Map<String, String> environment = Map.of("CNI_COMMAND", "ADD", "CNI_CONTAINERID", "c1", "CNI_NETNS", "/run/netns/c1", "CNI_IFNAME", "eth0");
        assertInstanceOf(CniRequest.Add.class, CniRequest.read("portmap", environment,
                Optional.of(JsonText.parse("{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"portmap\",\"args\":{\"cni\":{\"labels\":[{\"key\":\"!\",\"value\":\"!\"}]}}}"))));
    }

    @Test
    void labelsAndSourcePrefixesAreInTheEndpointsDocument() {
        var endpoint = new tombolo.api.endpoint.Endpoint(new tombolo.api.endpoint.EndpointId("c1", "eth0"), "net", "routed", "/n", "cali1", Optional.empty(), 1400, List.of(),
                Map.of("label/app", "web", Annotations.SOURCES, "[\"192.0.2.0/24\"]"), tombolo.api.endpoint.Endpoint.State.READY, 1);
        Json.Obj document = WorkloadDocument.of("node-1", endpoint);
        assertEquals(Optional.of("web"), document.object("metadata").flatMap(metadata -> metadata.object("labels")).flatMap(labels -> labels.text("app")));
        assertEquals(List.of(new Json.Text("192.0.2.0/24")), document.object("spec").orElseThrow().array("allowSpoofedSourcePrefixes"));
    }
}
