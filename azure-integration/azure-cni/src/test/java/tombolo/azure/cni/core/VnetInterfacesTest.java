package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.cni.core.VnetInterfaces.Address;
import tombolo.azure.cni.core.VnetInterfaces.Interface;
import tombolo.azure.cni.core.VnetInterfaces.Parsed;
import tombolo.azure.cni.core.VnetInterfaces.Subnet;
import tombolo.runtime.json.JsonText;

/** The three documents that name a machine's addresses in the VNET, and what is wrong with others. */
class VnetInterfacesTest {
    /** As the wire server serves it (the reference's test data). */
    static final String WIRE = """
            <Interfaces><Interface MacAddress="002248263DBD" IsPrimary="true"><IPSubnet Prefix="10.240.0.0/16"><IPAddress Address="10.240.0.4" IsPrimary="true"/>\
            <IPAddress Address="10.240.0.5" IsPrimary="false"/></IPSubnet></Interface></Interfaces>""";
    private static final VnetInterfaces WANTED = new VnetInterfaces(List.of(new Interface("002248263dbd", true, List.of(new Subnet(Prefix.parse("10.240.0.0/16"),
            List.of(new Address(IpAddress.parse("10.240.0.4"), true), new Address(IpAddress.parse("10.240.0.5"), false)))))));

    private static Parsed wire(String text) {
        return VnetInterfaces.wireServer(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theThreeDocumentsSayTheSame() throws Exception {
        assertEquals(new Parsed.Read(WANTED), wire(WIRE));
        assertEquals(new Parsed.Read(WANTED), wire("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><x:Interfaces xmlns:x='urn:x' New='1'>" + WIRE.substring(12)
                .replace("</Interfaces>", "<!-- <no/> -->text</x:Interfaces>\n").replace("Prefix=\"10.240.0.0/16\"", "Prefix = '10.240.0.4&#47;16'")));
        assertEquals(new Parsed.Read(WANTED), VnetInterfaces.file(JsonText.parse("""
                {"Interfaces":[{"MacAddress":"00:22:48:26:3D:BD","IsPrimary":true,"IPSubnets":[{"Prefix":"10.240.0.0/16","IPAddresses":[
                 {"Address":"10.240.0.4","IsPrimary":true},{"Address":"10.240.0.5","IsPrimary":false,"New":1}]}]}]}""")));
        assertEquals(new Parsed.Read(WANTED), VnetInterfaces.imds(JsonText.parse("""
                {"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"10.240.0.4","publicIpAddress":""},{"privateIpAddress":"10.240.0.5"}],
                 "subnet":[{"address":"10.240.0.0","prefix":"16"}]},"ipv6":{"ipAddress":[]},"macAddress":"002248263DBD"}]}""")));
    }

    @Test
    void anyMacAndSeveralInterfacesAreRead() {
        Parsed.Read read = assertInstanceOf(Parsed.Read.class, wire("<Interfaces><Interface MacAddress='*' IsPrimary='false'/><Interface MacAddress='00-22-48-26-3d-bd'>"
                + "<IPSubnet Prefix='2001:db8::/64'><IPAddress Address='2001:db8::5'/></IPSubnet></Interface></Interfaces>"));
        assertEquals(List.of("*", "002248263dbd"), read.interfaces().interfaces().stream().map(Interface::mac).toList());
        assertEquals(Prefix.parse("2001:db8::/64"), read.interfaces().interfaces().getLast().subnets().getFirst().prefix());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<", "<Interfaces>", "<Other/>", "<Interfaces/>", "<Interfaces><Interface MacAddress='002248263DBD'></Interfaces>", "<Interfaces/><Interfaces/>",
            "<Interfaces><Interface MacAddress='nothing'/></Interfaces>", "<Interfaces><Interface MacAddress='*' MacAddress='*'/></Interfaces>",
            "<Interfaces><Interface MacAddress='*'><IPSubnet Prefix='10.0.0.0/33'/></Interface></Interfaces>",
            "<Interfaces><Interface MacAddress='*'><IPSubnet Prefix='10.0.0.0/8'><IPAddress Address='11.0.0.1'/></IPSubnet></Interface></Interfaces>",
            "<Interfaces><Interface MacAddress='*'><IPSubnet Prefix='10.0.0.0/8'><IPAddress Address='10.0.0.1'/><IPAddress Address='10.0.0.1'/></IPSubnet></Interface></Interfaces>",
            "<Interfaces><Interface MacAddress='*'><IPSubnet Prefix='10.0.0.0/8'><IPAddress/></IPSubnet></Interface></Interfaces>",
            "<Interfaces a='&unknown;'/>", "<Interfaces a='&#xFFFFFFF;'/>", "<Interfaces a='<'/>", "{\"Interfaces\":[]}"})
    void whatIsNotTheDocumentIsRefusedWhole(String text) {
        assertInstanceOf(Parsed.Unreadable.class, wire(text));
    }

    /** XML's own ways to make a reader fetch files or run out of memory. */
    @Test
    void noEntityIsExpandedAndNothingIsFetched() {
        for (String prolog : List.of("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>",
                "<!DOCTYPE l [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>", "<?xml-stylesheet href='http://127.0.0.1:1/'?>")) {
            Parsed.Unreadable refused = assertInstanceOf(Parsed.Unreadable.class, wire(prolog + WIRE));
            assertTrue(refused.reason().contains("which this document never has"), refused.reason());
        }
        assertInstanceOf(Parsed.Unreadable.class, wire("<Interfaces><![CDATA[<Interface/>]]></Interfaces>"));
        assertInstanceOf(Parsed.Unreadable.class, wire("<Interfaces>" + "<a>".repeat(100_000)));
        assertInstanceOf(Parsed.Unreadable.class, wire("<Interfaces>" + "<a/>".repeat(100_000) + "</Interfaces>"));
        assertInstanceOf(Parsed.Unreadable.class, VnetInterfaces.wireServer(new byte[] {'<', (byte) 0xff, (byte) 0xfe}));
    }

    @Test
    void everyTruncationIsUnreadableAndEveryMutationIsReadOrRefusedButNeverThrows() {
        for (int cut = 0; cut < WIRE.length(); cut++) {
            assertInstanceOf(Parsed.Unreadable.class, wire(WIRE.substring(0, cut)), "cut at " + cut);
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] whole = WIRE.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = whole.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            try {
                VnetInterfaces.wireServer(mutated);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + new String(mutated, StandardCharsets.ISO_8859_1), e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "{}", "{\"Interfaces\":null}", "{\"Interfaces\":[1]}", "{\"Interfaces\":[{\"MacAddress\":\"*\"}]}",
            "{\"Interfaces\":[{\"MacAddress\":\"*\",\"IPSubnets\":[{\"Prefix\":\"x\"}]}]}"})
    void aFileThatIsSomethingElseIsRefused(String text) throws Exception {
        assertInstanceOf(Parsed.Unreadable.class, VnetInterfaces.file(JsonText.parse(text)));
        assertInstanceOf(Parsed.Unreadable.class, VnetInterfaces.imds(JsonText.parse(text)));
    }
}
