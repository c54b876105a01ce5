package tombolo.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/** What runtimes ask for beside a network, read and remembered. */
class HostPartTest {
    private static final String PORTS = ",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":80,\"containerPort\":80}]}";

    private static HostPart.Wishes wishes(String more) throws Exception {
        return HostPart.wishes(NetworkConfiguration.of("portmap", (Json.Obj) JsonText.parse("{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"portmap\"" + more + "}")));
    }

    @Test
    void conditionsOfAddressesAreRead() throws Exception {
        List<PortCondition> read = wishes(",\"conditionsV4\":[\"!\",\"-d\",\"192.0.2.7/24\",\"--source\",\"10.0.0.1\"],\"conditionsV6\":[\"-s\",\"2001:db8::/32\"]" + PORTS).conditions();
        assertEquals(List.of("destination not 192.0.2.0/24", "source 10.0.0.1/32", "source 2001:db8::/32"), read.stream().map(Object::toString).toList());
        assertEquals(List.of("interface eth0", "interface not br+"), wishes(",\"conditionsV4\":[\"-i\",\"eth0\",\"!\",\"--in-interface\",\"br+\"]" + PORTS).conditions().stream().map(Object::toString).toList());
        assertEquals(List.of(), wishes(",\"conditionsV4\":[\"-o\",\"eth0\"]").conditions(), "without ports there is nothing that could be open to too many");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"-o\",\"eth7\"", "\"-s\"", "\"-i\"", "\"-i\",\"+\"", "\"-i\",\"a name\"", "\"-i\",\"much-too-long-name\"", "\"-i\",7", "\"!\"", "\"!\",\"!\",\"-s\",\"10.0.0.0/8\"", "\"-s\",\"10.0.0.0/255.0.0.0\"", "\"-s\",\"2001:db8::/32\"", "\"-s\",\"10.0.0.0/8,11.0.0.0/8\"",
            "\"-s\",\"x\"", "\"-s\",\"10.0.0.0/33\"", "7", "\"\""})
    void aConditionThatIsNotKnownIsError2AndNamed(String words) {
        HostPart.Unfit unfit = assertThrows(HostPart.Unfit.class, () -> wishes(",\"conditionsV4\":[" + words + "]" + PORTS));
        assertEquals(CniError.UNSUPPORTED_FIELD, unfit.error().code());
        assertTrue(unfit.error().message().startsWith("conditionsV4: "), unfit.error().toString());
    }

    @Test
    void whatIsRememberedIsReadAgain() throws Exception {
        EndpointId id = new EndpointId("c1", "eth0");
        Exposed exposed = new Exposed(List.of(new PortMapping(80, 8080, PortMapping.Protocol.UDP, Optional.of(IpAddress.parse("192.0.2.1")))),
                List.of(new InterfaceAddress(IpAddress.parse("10.65.0.1"), 24)), false,
                List.of(new PortCondition.OfAddress(PortCondition.Side.DESTINATION, true, Prefix.parse("192.0.2.0/24")), new PortCondition.OfAddress(PortCondition.Side.SOURCE, false, Prefix.parse("2001:db8::/32")),
                        new PortCondition.ArrivedBy(AddressFamily.IPV6, true, "eth+")));
        for (HostPart part : List.of(new HostPart("net", "/n", "cali1", Optional.of(exposed), Optional.of(new Bandwidth(1000, 1000, 0, 0))), new HostPart("net", "/n", "", Optional.empty(), Optional.empty()))) {
            assertEquals(part, HostPart.read((Json.Obj) JsonText.parse(JsonText.line(part.toJson(id)))));
        }
    }
}
