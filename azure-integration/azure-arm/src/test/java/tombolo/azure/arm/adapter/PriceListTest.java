package tombolo.azure.arm.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Reason;
import tombolo.azure.arm.adapter.FakeArm.Answer;

/** The public price interface: pages, no token, and whatever is no price list. */
class PriceListTest {
    private static final String FIRST = "GET " + FakeArm.PRICES + "?$filter=serviceName%20eq%20%27ExpressRoute%27";

    private ArmRig rig;

    @BeforeEach
    void open(@TempDir Path folder) {
        rig = new ArmRig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static String page(String meter, String next) {
        return "{\"Items\":[{\"meterName\":\"" + meter + "\",\"retailPrice\":1.5}],\"NextPageLink\":" + next + ",\"Count\":1}";
    }

    @Test
    void allPagesAreReadWithoutAToken() {
        rig.fake.on("GET " + FakeArm.PRICES + "?skip=1", Answer.of(200, page("b", "null")));
        rig.fake.on(FIRST, Answer.of(200, page("a", "\"" + rig.fake.url() + FakeArm.PRICES + "?skip=1\"")));
        assertEquals(List.of("a", "b"), rig.arm.prices("ExpressRoute").stream().map(each -> each.text("meterName").orElseThrow()).toList());
        assertEquals(2, rig.fake.asked("GET ").size());
        assertTrue(rig.fake.requests.stream().allMatch(request -> request.header("authorization").isEmpty()), "it is another host than ARM's");
        assertEquals(0, rig.fake.askedOfTokens().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"https://elsewhere.example/api/retail/prices?skip=1\"", "\"http://127.0.0.1:1/api/retail/prices\"", "\"not a url\"", "\"SELF/other\""})
    void aNextPageElsewhereIsNotFollowed(String next) {
        rig.fake.on(FIRST, Answer.of(200, page("a", next.replace("SELF", rig.fake.url()))));
        ArmException refused = assertThrows(ArmException.class, () -> rig.arm.prices("ExpressRoute"));
        assertTrue(refused.getMessage().startsWith("TMB-ARM-060"), refused.getMessage());
        assertFalse(refused.getMessage().contains("elsewhere"), "what the other end wrote is not repeated");
        assertEquals(1, rig.fake.asked("GET ").size());
    }

    @Test
    void aCircleEnds() {
        rig.fake.on("GET " + FakeArm.PRICES, Answer.of(200, page("a", "\"" + rig.fake.url() + FakeArm.PRICES + "?skip=1\"")));
        assertEquals(Reason.BROKEN, assertThrows(ArmException.class, () -> rig.arm.prices("ExpressRoute")).reason());
        assertEquals(PriceList.MOST_PAGES, rig.fake.asked("GET ").size());
    }

    @Test
    void throttlingIsWaitedOutAndARefusalIsNot() {
        rig.fake.on(FIRST, Answer.of(429, "").with("Retry-After", "1"), Answer.of(200, page("a", "null")));
        assertEquals(1, rig.arm.prices("ExpressRoute").size());
        rig.fake.on(FIRST, Answer.of(400, "{}"));
        assertEquals(Reason.REFUSED, assertThrows(ArmException.class, () -> rig.arm.prices("ExpressRoute")).reason());
        rig.fake.on(FIRST, Answer.of(200, "<html>"));
        assertEquals(Reason.REFUSED, assertThrows(ArmException.class, () -> rig.arm.prices("ExpressRoute")).reason());
    }
}
