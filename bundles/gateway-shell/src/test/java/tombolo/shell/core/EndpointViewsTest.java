package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel.Counters;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.runtime.json.JsonText;

/** What the commands about containers say. */
class EndpointViewsTest {
    private static final Endpoint A = endpoint("aaaabbbbccccdddd", "10.65.0.1", Map.of("K8S_POD_NAMESPACE", "web", "K8S_POD_NAME", "shop"));
    private static final Endpoint B = endpoint("aaaacccc", "10.65.0.2", Map.of());
    private static final Services SERVICES = new Services() {
        @Override
        @SuppressWarnings("unchecked")
        public <T> Optional<T> find(Class<T> service) {
            return service == Endpoints.class ? (Optional<T>) Optional.of(new Two()) : Optional.empty();
        }
    };

    private static Endpoint endpoint(String container, String address, Map<String, String> arguments) {
        return new Endpoint(new EndpointId(container, "eth0"), "net", "routed", "/run/netns/" + container, "cali1", Optional.of(MacAddress.parse("02:00:00:00:00:01")), 1400,
                List.of(new InterfaceAddress(IpAddress.parse(address), 32)), arguments, Endpoint.State.READY, 0);
    }

    private static final class Two implements Endpoints {
        @Override
        public List<Endpoint> list() {
            return List.of(A, B);
        }

        @Override
        public Optional<Endpoint> get(EndpointId id) {
            return list().stream().filter(one -> one.id().equals(id)).findFirst();
        }

        @Override
        public Optional<Explanation> explain(EndpointId id) {
            return get(id).map(one -> new Explanation(one, List.of("host: route 10.65.0.1/32"), List.of("host: interface cali1 is not there"), Optional.of(new Counters(1, 2, 3, 4, 5))));
        }

        @Override
        public Optional<Json.Obj> export(String plugin) {
            return plugin.equals("azure-vnet") ? Optional.of(Json.Obj.of("ContainerInterfaces", Json.Obj.of("aaaabbbb-eth0", Json.Obj.of("PodName", new Json.Text("shop"))
                    .with("PodNamespace", "web").with("ContainerID", "aaaabbbbccccdddd").with("IPAddresses", Json.Arr.of(Json.Obj.of("IP", new Json.Text("10.240.0.5"))))))) : Optional.empty();
        }

        @Override
        public Map<String, List<ContainerAddresses.Holding>> holdings() {
            return Map.of("vnet", List.of(new ContainerAddresses.Holding(IpAddress.parse("10.240.0.5"), 16, "vanished", "azure.a")));
        }

        @Override
        public Status status() {
            return new Status(Optional.of("/run/x"), List.of("gateway-ipam"), 2, 1, 0, Map.of("ADD ok", 2L, "ADD 11", 1L), List.of("IPPool(p): TMB-AZC-030 10.0.0.0/8 overlaps"));
        }
    }

    private static String text(Document document) {
        return document.text().apply(Screen.PLAIN);
    }

    @Test
    void endpointsAreListedWithTheirPods() {
        String text = text(EndpointViews.list(SERVICES));
        assertTrue(text.contains("aaaabbbbccccd") && text.contains("10.65.0.1") && text.contains("web/shop"), text);
    }

    @Test
    void anEndpointIsFoundByTheBeginningOfItsContainerWhereThatIsClear() {
        assertTrue(text(EndpointViews.show(SERVICES, "aaaab")).contains("10.65.0.1"));
        assertTrue(text(EndpointViews.show(SERVICES, "aaaacccc/eth0")).contains("10.65.0.2"));
        assertEquals("TMB-SHL-011", assertThrows(Failure.class, () -> EndpointViews.show(SERVICES, "aaaa")).code());
        assertEquals("TMB-SHL-011", assertThrows(Failure.class, () -> EndpointViews.show(SERVICES, "zz")).code());
    }

    @Test
    void anEndpointIsFoundByWhateverTheListShowsOfIt() {
        assertTrue(text(EndpointViews.show(SERVICES, "web/shop")).contains("10.65.0.1"));
        assertTrue(text(EndpointViews.show(SERVICES, "10.65.0.2")).contains("aaaacccc"));
        Failure both = assertThrows(Failure.class, () -> EndpointViews.show(SERVICES, "cali1"));
        assertTrue(String.valueOf(both.getMessage()).contains("2 endpoints"), both.getMessage());
        assertEquals("TMB-SHL-011", assertThrows(Failure.class, () -> EndpointViews.explain(SERVICES, "-")).code(), "what stands where there is no pod");
        assertEquals("TMB-SHL-011", assertThrows(Failure.class, () -> EndpointViews.explain(SERVICES, "10.65.0.")).code());
    }

    @Test
    void explainingNamesWhatDiffers() {
        String text = text(EndpointViews.explain(SERVICES, "aaaab"));
        assertTrue(text.contains("Differs:") && text.contains("interface cali1 is not there") && text.contains("1 packets"), text);
        assertTrue(JsonText.line(EndpointViews.explain(SERVICES, "aaaab").json()).contains("\"differences\""));
    }

    @Test
    void theAzureCnisWordsAreATableForPeopleAndItsDocumentForPrograms() {
        Document document = EndpointViews.state(SERVICES);
        assertTrue(text(document).contains("aaaabbbb-eth0") && text(document).contains("web/shop") && text(document).contains("10.240.0.5"), text(document));
        assertTrue(JsonText.line(document.json()).startsWith("{\"ContainerInterfaces\":{\"aaaabbbb-eth0\""));
    }

    @Test
    void anAddressThatTheVnetTookAwayIsNamedWithWhoHasIt() {
        String text = text(EndpointViews.addresses(SERVICES));
        assertTrue(text.contains("10.240.0.5/16") && text.contains("vanished") && text.contains("azure.a"), text);
    }

    @Test
    void theStatusSaysWhoIsMissing() {
        String text = text(EndpointViews.status(SERVICES));
        assertTrue(text.contains("no: not running: gateway-ipam") && text.contains("ADD") && text.contains("11"), text);
    }

    @Test
    void theStatusNamesPoolsOfWhichContainersGetNoAddressAnyMore() {
        String text = text(EndpointViews.status(SERVICES));
        assertTrue(text.contains("Containers are given no address of:\n  IPPool(p): TMB-AZC-030 10.0.0.0/8 overlaps\n"), text);
    }
}
