package tombolo.fabric.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.Resource;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

class OwnNodeTest {
    private static final Optional<InterfaceAddress> FOUR = Optional.of(InterfaceAddress.parse("10.0.0.1/24"));
    private static final Optional<InterfaceAddress> SIX = Optional.of(InterfaceAddress.parse("2001:db8::1/64"));

    private static Resource stored(String text) throws JsonText.Malformed {
        Decoder.Decoded decoded = Decoder.decode((Json.Obj) JsonText.parse(text.replace('\'', '"')), 42);
        assertTrue(decoded instanceof Decoder.Decoded.Good, decoded.toString());
        return ((Decoder.Decoded.Good) decoded).resource();
    }

    @Test
    void aNodeWithoutAResourceGetsOneThatIsValid() throws JsonText.Malformed {
        Json.Obj document = OwnNode.document("a", Optional.empty(), FOUR, SIX, Optional.of(new Asn(65000))).orElseThrow();
        assertEquals("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'a'},'spec':{'addresses':[{'address':'10.0.0.1/24','type':'CalicoNodeIP'},"
                + "{'address':'2001:db8::1/64','type':'CalicoNodeIP'}],'bgp':{'ipv4Address':'10.0.0.1/24','ipv6Address':'2001:db8::1/64','asNumber':65000}}}",
                JsonText.line(document).replace('"', '\'').strip());
        Resource read = stored(JsonText.line(document));
        assertEquals(Optional.empty(), OwnNode.document("a", Optional.of(read), FOUR, SIX, Optional.of(new Asn(65000))), "what stands there already is not written again");
    }

    @Test
    void whatOthersWroteStaysAndTheWriteIsBoundToTheRevisionThatWasRead() throws JsonText.Malformed {
        Resource read = stored("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'a','labels':{'rack':'1'}},'spec':{'bgp':{'ipv4Address':'10.9.9.9/24',"
                + "'asNumber':65001,'routeReflectorClusterID':'1.0.0.1'},'addresses':[{'address':'192.0.2.1','type':'ExternalIP'},{'address':'10.9.9.9/24','type':'CalicoNodeIP'}],"
                + "'unheardOf':7}}");
        Json.Obj document = OwnNode.document("a", Optional.of(read), FOUR, Optional.empty(), Optional.empty()).orElseThrow();
        assertEquals("42", document.object("metadata").orElseThrow().text("resourceVersion").orElseThrow());
        assertEquals("{'bgp':{'ipv4Address':'10.0.0.1/24','asNumber':65001,'routeReflectorClusterID':'1.0.0.1'},'addresses':[{'address':'10.0.0.1/24','type':'CalicoNodeIP'},"
                + "{'address':'192.0.2.1','type':'ExternalIP'}],'unheardOf':7}", JsonText.line(document.object("spec").orElseThrow()).replace('"', '\'').strip());
    }
}
