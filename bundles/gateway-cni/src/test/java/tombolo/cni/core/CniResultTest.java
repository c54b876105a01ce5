package tombolo.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/** Results in the spelling of each version. */
class CniResultTest {
    private static final CniResult RESULT = new CniResult(
            List.of(new CniResult.Interface("cali1", "ee:ee:ee:ee:ee:ee", "", 1400), new CniResult.Interface("eth0", "02:00:00:00:00:01", "/run/netns/c1", 1400)),
            List.of(new CniResult.Ip(new InterfaceAddress(IpAddress.parse("10.65.0.5"), 32), Optional.of(IpAddress.parse("169.254.1.1")), OptionalInt.of(1)),
                    new CniResult.Ip(new InterfaceAddress(IpAddress.parse("2001:db8::5"), 128), Optional.empty(), OptionalInt.of(1))),
            List.of(new CniResult.Route(Prefix.parse("0.0.0.0/0"), Optional.of(IpAddress.parse("169.254.1.1")))), Json.Obj.EMPTY, Optional.empty());

    private static String text(CniVersion version) {
        return JsonText.line(RESULT.toJson(version));
    }

    @Test
    void theFirstVersionsNameOneAddressOfEachFamily() {
        assertEquals("""
                {"cniVersion":"0.2.0","ip4":{"ip":"10.65.0.5/32","gateway":"169.254.1.1","routes":[{"dst":"0.0.0.0/0","gw":"169.254.1.1"}]},"ip6":{"ip":"2001:db8::5/128"},"dns":{}}""",
                text(CniVersion.V0_2_0));
    }

    @Test
    void versions0_3And0_4TellTheFamilyOfAnAddress() {
        assertEquals("""
                {"cniVersion":"0.3.1","interfaces":[{"name":"cali1","mac":"ee:ee:ee:ee:ee:ee"},{"name":"eth0","mac":"02:00:00:00:00:01","sandbox":"/run/netns/c1"}],\
                "ips":[{"version":"4","interface":1,"address":"10.65.0.5/32","gateway":"169.254.1.1"},{"version":"6","interface":1,"address":"2001:db8::5/128"}],\
                "routes":[{"dst":"0.0.0.0/0","gw":"169.254.1.1"}],"dns":{}}""", text(CniVersion.V0_3_1));
    }

    @Test
    void version1_0LeavesTheFamilyOutAnd1_1AddsTheMtu() {
        assertEquals("""
                {"cniVersion":"1.0.0","interfaces":[{"name":"cali1","mac":"ee:ee:ee:ee:ee:ee"},{"name":"eth0","mac":"02:00:00:00:00:01","sandbox":"/run/netns/c1"}],\
                "ips":[{"interface":1,"address":"10.65.0.5/32","gateway":"169.254.1.1"},{"interface":1,"address":"2001:db8::5/128"}],\
                "routes":[{"dst":"0.0.0.0/0","gw":"169.254.1.1"}],"dns":{}}""", text(CniVersion.V1_0_0));
        assertEquals(text(CniVersion.V1_0_0).replace("1.0.0", "1.1.0").replace("ee:ee\"}", "ee:ee\",\"mtu\":1400}").replace("01\",", "01\",\"mtu\":1400,"), text(CniVersion.V1_1_0));
    }

    @ParameterizedTest
    @EnumSource(CniVersion.class)
    void whatIsWrittenIsReadAgain(CniVersion version) throws Exception {
        CniResult read = CniResult.read(version, RESULT.toJson(version));
        assertEquals(RESULT.ips().stream().map(CniResult.Ip::address).toList(), read.ips().stream().map(CniResult.Ip::address).toList());
        assertEquals(RESULT.routes(), read.routes());
    }

    @Test
    void aPreviousResultIsHandedOnWithWhatNobodyKnows() throws Exception {
        Json.Obj tree = (Json.Obj) JsonText.parse("{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.0.0.1/24\",\"x\":1}],\"y\":[true]}");
        assertEquals(tree, CniResult.read(CniVersion.V1_0_0, tree).toJson(CniVersion.V1_0_0));
    }

    @Test
    void aPreviousResultThatIsNoneIsRefused() throws Exception {
        for (String text : List.of("{\"ips\":[{\"address\":\"10.0.0.1\"}]}", "{\"ips\":[{\"address\":\"10.0.0.1/33\"}]}", "{\"ips\":[{\"address\":\"10.0.0.1/8\",\"interface\":0}]}",
                "{\"ips\":[3]}", "{\"routes\":[{\"dst\":\"x\"}]}")) {
            Json.Obj tree = (Json.Obj) JsonText.parse(text);
            assertThrows(Refusal.class, () -> CniResult.read(CniVersion.V1_0_0, tree), text);
        }
    }
}
