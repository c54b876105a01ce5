package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigEntry.Shadowed;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.Configuration;
import tombolo.api.config.Settings;
import tombolo.runtime.json.JsonText;

class ConfigViewsTest {
    private final Services services = new Fakes().with(Configuration.class, new Configuration() {
        @Override
        public Settings settings() {
            throw new AssertionError("not asked for");
        }

        @Override
        public Settings ofFiles() {
            throw new AssertionError("not asked for");
        }

        @Override
        public List<ConfigProblem> problems() {
            return List.of();
        }

        @Override
        public List<ConfigEntry> entries() {
            return List.of(new ConfigEntry("bgp.as", "65000", "tombolo.bgp.cfg:1", List.of(new Shadowed("64512", "BGPConfiguration(default)")), Optional.empty()),
                    new ConfigEntry("bgp.peer-a.hold-time", "90", ConfigEntry.BUILT_IN, List.of(), Optional.empty()),
                    new ConfigEntry("bgp.peer-m.remote-as", "65010", "BGPPeer(m)", List.of(), Optional.of("bgp.peer-a of tombolo.bgp.peer-a.cfg")),
                    new ConfigEntry("bgp.port", "1179", "BGPConfiguration(default)", List.of(new Shadowed("179", ConfigEntry.BUILT_IN)), Optional.empty()));
        }
    });

    private String text(Optional<String> key, boolean all) {
        return ConfigViews.explain(services, key, all).text().apply(Screen.PLAIN);
    }

    @Test
    void withoutAKeyWhatSomebodyHasSetIsListedWithItsSource() {
        String text = text(Optional.empty(), false);
        assertTrue(text.contains("bgp.as                65000  tombolo.bgp.cfg:1          64512 (BGPConfiguration(default))"), text);
        assertTrue(text.contains("shadowed by bgp.peer-a of tombolo.bgp.peer-a.cfg"), text);
        assertFalse(text.contains("hold-time"), text);
        assertFalse(text.contains("179 (built in)"), text);
        assertTrue(text(Optional.empty(), true).contains("hold-time"));
    }

    @Test
    void aKeyIsAskedForWholeOrByItsBeginning() {
        assertTrue(text(Optional.of("bgp.port"), false).contains("179 (built in)"));
        assertTrue(text(Optional.of("bgp.peer-a.hold-time"), false).contains("built in"));
        assertFalse(text(Optional.of("bgp.peer-m"), false).contains("bgp.as"));
        assertTrue(assertThrows(Failure.class, () -> text(Optional.of("bgp.por"), false)).getMessage().startsWith("TMB-SHL-010"));
    }

    @Test
    void jsonSaysForEachValueWhetherItIsInForce() {
        String json = JsonText.line(ConfigViews.explain(services, Optional.of("bgp.peer-m.remote-as"), false).json());
        assertEquals("[{\"key\":\"bgp.peer-m.remote-as\",\"value\":\"65010\",\"source\":\"BGPPeer(m)\",\"inForce\":false,\"shadows\":[],"
                + "\"shadowedBy\":\"bgp.peer-a of tombolo.bgp.peer-a.cfg\"}]", json);
    }
}
