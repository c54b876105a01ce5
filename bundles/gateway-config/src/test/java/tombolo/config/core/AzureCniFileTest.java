package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.config.ConfigProblem;
import tombolo.api.net.Prefix;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

/** {@code tombolo.azure.cni.cfg}. */
class AzureCniFileTest {
    private static Outcome read(String text) {
        return ConfigFiles.read(Map.of("tombolo.azure.cni.cfg", new Content.Text(text)), Map.of(), "host", "/etc");
    }

    @Test
    void withoutTheFileTheDefaultsHoldAndAnEmptyOneSaysTheSame() {
        assertEquals(AzureCniSettings.DEFAULT, ConfigFiles.read(Map.of(), Map.of(), "host", "/etc").settings().azureCni());
        assertEquals(AzureCniSettings.DEFAULT, read("").settings().azureCni());
        assertEquals(Set.of(), AzureCniSettings.DEFAULT.foreignTypes());
    }

    /** The default is no word of the operator's: such a machine may be in a VNET. */
    @Test
    void aSiteIsOneWhereTheFileSaysSo() {
        assertTrue(read("address-mode = edge-prefix").settings().azureCni().isAtSite());
        assertTrue(!read("").settings().azureCni().isAtSite() && !AzureCniSettings.DEFAULT.isAtSite());
        assertTrue(!read("address-mode = in-azure").settings().azureCni().isAtSite());
    }

    @Test
    void everyKeyIsRead() {
        Outcome outcome = read("""
                address-mode = in-azure
                vnet-source = imds
                cns-url = http://127.0.0.1:10090
                refresh-interval = 60
                request-timeout = 250
                vnet-prefixes = 10.240.0.0/16, 2001:db8::/48
                bridge-name = br0
                bridge-uplink = eth1
                """);
        assertEquals(List.of(), outcome.problems());
        AzureCniSettings azure = outcome.settings().azureCni();
        assertEquals(Mode.IN_AZURE, azure.mode());
        assertEquals(Duration.ofMillis(250), azure.requestTimeout());
        assertEquals(List.of(Prefix.parse("10.240.0.0/16"), Prefix.parse("2001:db8::/48")), azure.vnetPrefixes());
        assertTrue(azure.foreignTypes().contains("azure-cns"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"address-mode = IN_AZURE", "wireserver-url = https://x/", "wireserver-url = http://u:p@x/", "imds-url = file:///etc/passwd", "cns-url = http://x:1/ y",
            "interfaces-file = relative", "refresh-interval = 1", "request-timeout = 60000", "vnet-prefixes = 10.240.0.1/16", "bridge-name = azure0\nbridge-uplink = azure0"})
    void whatCannotBeMeantIsRefusedWithItsKey(String text) {
        List<ConfigProblem> problems = read(text).problems();
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().message().startsWith("TMB-CFG-00"), problems.toString());
    }
}
