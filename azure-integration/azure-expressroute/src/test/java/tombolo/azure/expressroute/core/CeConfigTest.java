package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.SecretRef;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;

class CeConfigTest {
    private static CircuitSettings circuit() {
        Peering closed = new Peering(100, new Subnets(Prefix.parse("172.16.0.0/30"), Prefix.parse("172.16.0.4/30")), Optional.of(new Subnets(Prefix.parse("fd00::/126"), Prefix.parse("fd00::4/126"))),
                new Asn(65010), Optional.of(new SecretRef.InFile("/etc/er.key")), List.of(), "", List.of());
        return Circuits.with(Circuits.wanted("er-1"), Optional.of(closed), Optional.of(Circuits.microsoft()), List.of());
    }

    private static void has(String text, String... lines) {
        for (String line : lines) {
            assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
        }
    }

    @Test
    void aCiscoRouterGetsItsInterfacesBothSessionsAndBfd() {
        String text = CeConfig.of(circuit(), "ios-xe");
        has(text, "interface GigabitEthernet0/0/0.100", " encapsulation dot1Q S-TAG-PRIMARY second-dot1Q 100", " ip address 172.16.0.1 255.255.255.252", " ipv6 address fd00::1/126",
                " bfd interval 300 min_rx 300 multiplier 3", "router bgp 65010", " neighbor 172.16.0.2 remote-as 12076", " neighbor 172.16.0.6 remote-as 12076", " neighbor fd00::2 remote-as 12076",
                " neighbor 172.16.0.2 fall-over bfd", " neighbor 203.0.113.2 local-as 3320 no-prepend replace-as", "  neighbor fd00::6 activate");
    }

    @Test
    void anFrrRouterGetsTheSame() {
        has(CeConfig.of(circuit(), "frr"), "interface PRIMARY.100", " ip address 172.16.0.1/30", "router bgp 65010", " neighbor 172.16.0.6 remote-as 12076", " neighbor fd00::2 bfd profile er",
                "  neighbor fd00::2 activate", "  receive-interval 300", "  detect-multiplier 3");
    }

    /** FRR reads it line by line and refuses what it does not know; it needs no daemon for that. Its own folder is readable by few, so it gets one of the test's. */
    @Test
    void frrItselfTakesEveryLine(@TempDir Path folder) throws Exception {
        Path vtysh = Path.of("/usr/bin/vtysh");
        Assumptions.assumeTrue(Files.isExecutable(vtysh), "skipped: vtysh is not installed; ./gateway test installs it");
        Path file = Files.writeString(folder.resolve("frr.conf"), CeConfig.of(circuit(), "frr"));
        Files.createFile(folder.resolve("vtysh.conf"));
        Process check = new ProcessBuilder(vtysh.toString(), "--config_dir", folder.toString(), "-C", "-f", file.toString()).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();
        try {
            assertTrue(check.waitFor(30, TimeUnit.SECONDS), "vtysh has not ended");
            assertEquals("", Files.readString(folder.resolve("said")));
            assertEquals(0, check.exitValue());
        } finally {
            check.destroyForcibly();
        }
    }

    /** Neither the key nor where it is. */
    @Test
    void noKeyIsWritten() {
        for (String dialect : CeConfig.DIALECTS) {
            String text = CeConfig.of(circuit(), dialect);
            assertTrue(text.contains("password " + CeConfig.KEY) && !text.contains("er.key"), text);
        }
    }

    @Test
    void anotherDialectIsRefusedWithTheOnesThereAre() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> CeConfig.of(circuit(), "junos")).getMessage().contains("ios-xe or frr"));
        assertFalse(CeConfig.DIALECTS.contains("junos"));
    }
}
