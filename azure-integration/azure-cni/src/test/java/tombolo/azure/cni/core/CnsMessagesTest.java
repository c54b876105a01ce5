package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.cni.core.CnsMessages.Answer;
import tombolo.azure.cni.core.CnsMessages.Caller;
import tombolo.runtime.json.JsonText;

/** What is said to CNS and understood of it. */
class CnsMessagesTest {
    private static final Caller CALLER = Caller.of(new EndpointId("0123456789ab", "eth0"), Map.of("K8S_POD_NAME", "p", "K8S_POD_NAMESPACE", "web"));

    private static Answer answer(String text) throws Exception {
        return CnsMessages.answer(200, Optional.of(JsonText.parse(text)), false);
    }

    private static String given(String more) {
        return "{\"podIPInfo\":[{\"PodIPConfig\":{\"IPAddress\":\"10.241.0.5\",\"PrefixLength\":16}" + more + "}],\"response\":{\"ReturnCode\":0,\"Message\":\"\"}}";
    }

    @Test
    void aRequestNamesThePodAndTheInterfaceAsTheContractSays() {
        assertEquals("{\"desiredIPAddresses\":[],\"podInterfaceID\":\"01234567-eth0\",\"infraContainerID\":\"0123456789ab\",\"orchestratorContext\":{\"PodName\":\"p\",\"PodNamespace\":\"web\"},"
                + "\"ifname\":\"eth0\"}", JsonText.line(CnsMessages.request(CALLER, List.of(), false)));
        assertEquals(Optional.of("10.0.0.1"), CnsMessages.request(CALLER, List.of(IpAddress.parse("10.0.0.1")), true).text("desiredIPAddress"));
        assertEquals(CALLER, Caller.read(CALLER.toJson()));
    }

    @Test
    void theListAndTheSingleAnswerAreReadWhateverTheCaseOfTheirKeys() throws Exception {
        Answer wanted = new Answer.Done(List.of(new InterfaceAddress(IpAddress.parse("10.241.0.5"), 16)));
        assertEquals(wanted, answer(given("")));
        assertEquals(wanted, answer("{\"PodIpInfo\":{\"podIPConfig\":{\"ipAddress\":\"10.241.0.5\",\"prefixLength\":0},\"networkContainerPrimaryIPConfig\":{\"IPSubnet\":{\"PrefixLength\":16}}},"
                + "\"Response\":{\"returnCode\":0}}"));
    }

    @Test
    void howContainersReachTheMachinesServicesIsReadWhereTheAnswerSaysIt() throws Exception {
        String whole = ",\"NetworkContainerPrimaryIPConfig\":{\"IPSubnet\":{\"IPAddress\":\"10.241.0.4\",\"PrefixLength\":24}},\"HostPrimaryIPInfo\":{\"Gateway\":\"10.240.0.1\",\"PrimaryIP\":\"10.240.0.4\","
                + "\"Subnet\":\"10.240.0.0/16\"}";
        HostAccess wanted = new HostAccess(Prefix.parse("10.241.0.0/24"), IpAddress.parse("10.241.0.4"), IpAddress.parse("10.240.0.4"));
        assertEquals(Optional.of(wanted), assertInstanceOf(Answer.Done.class, answer(given(whole))).access());
        assertEquals(wanted, HostAccess.read(wanted.toJson()));
        assertEquals(Optional.empty(), assertInstanceOf(Answer.Done.class, answer(given(whole.replace("\"PrimaryIP\":\"10.240.0.4\",", "")))).access());
        for (String nobody : List.of("nobody", "2001:db8::4", "0.0.0.0", "127.0.0.1", "224.0.0.1")) {
            for (String replaced : List.of("10.241.0.4", "10.240.0.4")) {
                Answer.Done done = assertInstanceOf(Answer.Done.class, answer(given(whole.replace(replaced, nobody))), "the address is of use, where nothing is translated");
                assertTrue(done.access().isEmpty() && done.unclear().orElse("").contains(nobody), "half of it would be worse than nothing: " + done);
            }
        }
        assertEquals(List.of("10.241.0.0/24 168.63.129.16 TCP 53 10.241.0.4", "10.241.0.0/24 168.63.129.16 UDP 53 10.241.0.4", "10.241.0.0/24 169.254.169.254 TCP 80 10.240.0.4"),
                wanted.translations().stream().map(one -> one.from() + " " + one.server() + " " + one.protocol() + " " + one.port() + " " + one.source()).toList());
    }

    @ParameterizedTest
    @CsvSource({"15, true, AddressUnavailable", "32, true, FailedToAllocateIPConfig", "33, false, EmptyOrchestratorContext", "99, true, UnexpectedError", "4711, false, not known here",
            "4294967328, false, not known here"})
    void aCodeIsToldByItsNameAndAnUnknownOneByItsNumber(String code, boolean temporary, String name) throws Exception {
        Answer.Refused refused = assertInstanceOf(Answer.Refused.class, answer("{\"response\":{\"ReturnCode\":" + code + ",\"Message\":\"why\"}}"));
        assertEquals(temporary, refused.temporary());
        assertTrue(refused.reason().contains(code) && refused.reason().contains(name) && refused.reason().contains("why"), refused.reason());
    }

    @Test
    void anOlderServiceIsRecognisedByItsCodeAndByAMissingPath() throws Exception {
        assertEquals(new Answer.NotSupported(), answer("{\"response\":{\"ReturnCode\":43}}"));
        assertEquals(new Answer.NotSupported(), CnsMessages.answer(404, Optional.empty(), false));
        assertEquals(new Answer.Refused("HTTP status 500", true, true), CnsMessages.answer(500, Optional.empty(), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {",\"NICType\":\"DelegatedVMNIC\"", ",\"SkipDefaultRoutes\":true", "}, {\"PodIPConfig\":{\"IPAddress\":\"10.241.0.5\"}", "}, {\"PodIPConfig\":{\"IPAddress\":\"x\"}",
            "}, {\"PodIPConfig\":{\"IPAddress\":\"10.241.0.6\",\"PrefixLength\":33}", "}, {\"PodIPConfig\":{\"IPAddress\":\"0.0.0.0\"}", "}, {\"none\":1"})
    void whatCannotBeHandedOnIsToBeGivenBack(String more) throws Exception {
        assertInstanceOf(Answer.Unusable.class, answer(given(more)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "{\"response\":{}}", "{\"response\":{\"ReturnCode\":\"0\"}}", "{\"response\":{\"ReturnCode\":1.5}}"})
    void anAnswerWithoutACodeIsNone(String text) throws Exception {
        assertInstanceOf(Answer.Refused.class, answer(text));
    }

    @Test
    void aReleaseOfWhatIsNotThereIsDone() throws Exception {
        for (String text : List.of("{\"ReturnCode\":0}", "{\"response\":{\"ReturnCode\":0}}", "{\"ReturnCode\":18,\"Message\":\"\"}", "{\"ReturnCode\":14}", "{}")) {
            assertEquals(new Answer.Done(List.of()), CnsMessages.answer(200, Optional.of(JsonText.parse(text)), true), text);
        }
        assertInstanceOf(Answer.Refused.class, CnsMessages.answer(200, Optional.<Json>of(JsonText.parse("{\"ReturnCode\":99}")), true));
    }
}
