package tombolo.azure.cni.osgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PolicySettings;
import tombolo.api.config.Settings;
import tombolo.api.expressroute.VnetSpaces;
import tombolo.api.net.Prefix;

/** Which ranges pools are kept out of, whichever file says that they are a VNET's. */
class AzureComponentTest {
    private static final String CNI_FILE = "(vnet-prefixes in etc/tombolo.azure.cni.cfg)";
    @TempDir
    Path data;
    private AzureComponent component;

    @BeforeEach
    void start() throws IOException {
        component = new AzureComponent(fake(BundleContext.class, method -> switch (method) {
            case "getProperty" -> data.toString();
            case "registerService" -> fake(ServiceRegistration.class, _ -> null);
            default -> throw new UnsupportedOperationException(method);
        }));
    }

    @AfterEach
    void stop() {
        component.deactivate();
    }

    private static <T> T fake(Class<T> type, Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> answers.apply(method.getName())));
    }

    private void settings(AzureCniSettings azure, CircuitSettings... circuits) {
        component.settingsChanged(new Settings(new NodeSettings("n", 254, 20, 10, false, List.of()), new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true,
                100, 120, 120, Optional.empty(), 8_000_000), Map.of(), Map.of(), Map.of(), Map.of(), DatastoreSettings.DEFAULT, CniSettings.OFF, azure, AzureSettings.DEFAULT,
                Stream.of(circuits).collect(Collectors.toMap(CircuitSettings::name, Function.identity())), PolicySettings.DEFAULT));
    }

    private static AzureCniSettings azure(Mode mode, String... vnets) {
        AzureCniSettings d = AzureCniSettings.DEFAULT;
        return new AzureCniSettings(mode, AzureCniSettings.Source.FILE, d.wireserverUrl(), d.imdsUrl(), "/nonexistent", d.cnsUrl(), d.refreshInterval(), d.requestTimeout(), prefixes(vnets),
                d.bridge(), Optional.empty());
    }

    private static CircuitSettings circuit(String name, CircuitSettings.State state, String... vnets) {
        return new CircuitSettings(name, state, "main", "rg-er", name, "westeurope", "Equinix", "Amsterdam", 1_000, CircuitSettings.Tier.STANDARD, CircuitSettings.Plan.METERED,
                CircuitSettings.Model.CLOUD_EXCHANGE, CircuitSettings.Layer3.CUSTOMER, Optional.empty(), Optional.empty(), List.of(), 0, prefixes(vnets), CircuitSettings.Budget.DEFAULT);
    }

    private static CircuitSettings circuit(String name, String... vnets) {
        return circuit(name, CircuitSettings.State.PRESENT, vnets);
    }

    private static List<Prefix> prefixes(String... texts) {
        return Stream.of(texts).map(Prefix::parse).toList();
    }

    private static String fileOf(String circuit) {
        return "(vnet-prefixes in etc/tombolo.expressroute.circuit-" + circuit + ".cfg)";
    }

    private Optional<String> refusal(String range) {
        return component.refusal(Prefix.parse(range));
    }

    private String refused(String range) {
        return refusal(range).orElseThrow(() -> new AssertionError(range + " is accepted"));
    }

    /** NodeWish keeps this space out of what the circuit tells: containers with such addresses would be reached by nobody. */
    @Test
    void whatACircuitsFileCallsAVnetsSpaceIsRefusedWithoutAFileOfTheAzureCni() {
        settings(AzureCniSettings.DEFAULT, circuit("er-1", "10.240.0.0/16", "2001:db8:5::/48"));
        for (String range : List.of("10.240.8.0/24", "10.0.0.0/8", "10.240.8.1/32", "2001:db8:5:1::/64")) {
            String text = refused(range);
            assertTrue(text.startsWith("TMB-AZC-030 " + range + " overlaps "), text);
            assertTrue(text.contains(fileOf("er-1")), text);
            assertFalse(text.contains(CNI_FILE), text);
        }
        assertEquals(Optional.empty(), refusal("10.65.0.0/16"));
        assertEquals(Optional.empty(), refusal("2001:db8:6::/48"));
    }

    @Test
    void eachRefusalNamesTheFileThatSaysSoAndTheSpaceOfAllFiles() {
        settings(azure(Mode.EDGE_PREFIX, "10.240.0.0/16"), circuit("er-1", "10.241.0.0/16"), circuit("er-2", "10.242.0.0/16", "10.240.0.0/16"));
        String all = "Take a range outside of 10.240.0.0/16, 10.241.0.0/16, 10.242.0.0/16, or set";
        Map.of("10.240.8.0/24", CNI_FILE, "10.241.8.0/24", fileOf("er-1"), "10.242.8.0/24", fileOf("er-2")).forEach((range, file) -> {
            assertTrue(refused(range).contains(file), refused(range));
            assertTrue(refused(range).contains(all), refused(range));
        });
    }

    @Test
    void aRemovedCircuitFileTakesItsPrefixesOutOfTheRefusal() {
        settings(AzureCniSettings.DEFAULT, circuit("er-1", "10.240.0.0/16"), circuit("er-2", "10.241.0.0/16"));
        assertTrue(refused("10.240.8.0/24").contains(fileOf("er-1")));
        settings(AzureCniSettings.DEFAULT, circuit("er-2", "10.241.0.0/16"));
        assertEquals(Optional.empty(), refusal("10.240.8.0/24"));
        assertTrue(refused("10.241.8.0/24").contains(fileOf("er-2")));
        settings(AzureCniSettings.DEFAULT);
        assertEquals(Optional.empty(), refusal("10.241.8.0/24"));
    }

    /** Until the circuit is deleted its links are there, and the VNET's routes with them. */
    @Test
    void aCircuitThatIsToBeDeletedCountsAsLongAsItsFileIsThere() {
        settings(AzureCniSettings.DEFAULT, circuit("er-1", CircuitSettings.State.ABSENT, "10.240.0.0/16"));
        assertTrue(refused("10.240.8.0/24").contains(fileOf("er-1")));
    }

    /** No file says it, and Azure may never be asked again. */
    @Test
    void whatAzureToldOfAVnetsSpaceIsRefusedAsWhatAFileSays() {
        settings(AzureCniSettings.DEFAULT, circuit("er-1"));
        List<VnetSpaces.Told> told = new ArrayList<>();
        VnetSpaces azure = () -> List.copyOf(told);
        component.bindSpaces(azure);
        assertEquals(Optional.empty(), refusal("10.240.8.0/24"));
        told.add(new VnetSpaces.Told(Prefix.parse("10.240.0.0/16"), "vnet-spoke", "er-1"));
        assertTrue(refused("10.240.8.0/24").startsWith("TMB-AZC-030 10.240.8.0/24 overlaps 10.240.0.0/16, which is a VNET's address space (the virtual network vnet-spoke of circuit er-1, as"
                + " Azure tells)"), refused("10.240.8.0/24"));
        settings(azure(Mode.IN_AZURE), circuit("er-1"));
        assertEquals(Optional.empty(), refusal("10.240.8.0/24"));
        settings(AzureCniSettings.DEFAULT);
        component.unbindSpaces(azure);
        assertEquals(Optional.empty(), refusal("10.240.8.0/24"));
    }

    @Test
    void inAzureNoSpaceIsRefused() {
        settings(azure(Mode.IN_AZURE, "10.240.0.0/16"), circuit("er-1", "10.241.0.0/16"));
        assertEquals(Optional.empty(), refusal("10.240.8.0/24"));
        assertEquals(Optional.empty(), refusal("10.241.8.0/24"));
    }
}
