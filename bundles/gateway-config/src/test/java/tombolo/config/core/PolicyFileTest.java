package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.PolicySettings;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

/** {@code tombolo.policy.cfg}. */
class PolicyFileTest {
    private static Outcome read(String text) {
        return ConfigFiles.read(Map.of("tombolo.policy.cfg", new Content.Text(text)), Map.of(), "host", "/etc");
    }

    @Test
    void withoutTheFileTheDefaultsHoldAndAnEmptyOneSaysTheSame() {
        assertEquals(PolicySettings.DEFAULT, ConfigFiles.read(Map.of(), Map.of(), "host", "/etc").settings().policy());
        assertEquals(PolicySettings.DEFAULT, read("").settings().policy());
    }

    @Test
    void everyKeyIsRead() {
        Outcome outcome = read("established = cut\nlog-denied = false\nlog-rate = 7\nclose-azv = when-used\n");
        assertEquals(List.of(), outcome.problems());
        assertEquals(new PolicySettings(PolicySettings.Established.CUT, false, 7), outcome.settings().policy());
        assertEquals(PolicySettings.CloseAzure.ALWAYS, read("close-azv = always\n").settings().policy().closeAzure());
    }

    @ParameterizedTest
    @ValueSource(strings = {"established = drop", "log-denied = maybe", "log-rate = 0", "log-rate = 1001", "close-azv = true"})
    void whatCannotBeMeantIsRefusedWithItsKey(String text) {
        List<ConfigProblem> problems = read(text).problems();
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().message().startsWith("TMB-CFG-00"), problems.toString());
    }
}
