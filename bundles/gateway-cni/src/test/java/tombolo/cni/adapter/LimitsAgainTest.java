package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointLimits;
import tombolo.api.kernel.KernelException;
import tombolo.cni.core.HostPart;

/** Limits that are told again at a start, to a kernel that does not always do what it is told. */
class LimitsAgainTest {
    @TempDir
    Path folder;
    private final List<String> asked = new ArrayList<>();
    private EndpointLog log;
    private HostParts parts;
    /** The interfaces of which the kernel says nothing; "": of no earlier life's. */
    private Set<String> broken = Set.of();

    @BeforeEach
    void open() throws IOException {
        log = new EndpointLog(folder, "boot-1");
        parts = new HostParts(log);
        for (String name : List.of("a", "b", "c", "unlimited")) {
            Optional<Bandwidth> bandwidth = name.equals("unlimited") ? Optional.empty() : Optional.of(new Bandwidth(8_000_000, 800_000, 0, 0));
            log.putPart(new EndpointId(name, "eth0"), new HostPart("net", folder.toString(), name, Optional.empty(), bandwidth));
        }
        parts.limits(new EndpointLimits() {
            @Override
            public Optional<String> limit(String hostInterface, Bandwidth bandwidth) {
                asked.add("limit " + hostInterface);
                return Optional.empty();
            }

            @Override
            public void unlimit(String hostInterface) { }

            @Override
            public List<String> differences(String hostInterface, Bandwidth bandwidth) {
                asked.add("look at " + hostInterface);
                if (broken.contains(hostInterface)) {
                    throw new KernelException("the kernel did not answer", 0);
                }
                return hostInterface.equals("c") ? List.of() : List.of("somebody's bucket is there");
            }

            @Override
            public void keepOnly(Set<String> hostInterfaces) {
                if (broken.contains("")) {
                    throw new KernelException("the kernel did not answer", 0);
                }
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    /** Its path may be there all the same: that of a process's number leads to whoever has it now. */
    @Test
    void whatIsOfAnEarlierStartOfTheMachineGoesAndWhereNobodyKnowsItStays() throws IOException {
        log.close();
        try (EndpointLog unknown = new EndpointLog(folder, "")) {
            new HostParts(unknown).restore();
            assertEquals(4, unknown.parts().size());
        }
        try (EndpointLog later = new EndpointLog(folder, "boot-2")) {
            new HostParts(later).restore();
            assertEquals(Map.of(), later.parts());
        }
    }

    @Test
    void oneThatTheKernelSaysNothingOfKeepsNoOtherFromBeingLimited() {
        broken = Set.of("", "a");
        parts.restore();
        assertEquals(List.of("look at a", "look at b", "limit b", "look at b", "look at c"), asked);
    }

    /** The kernel may take the limit and something else be in force all the same: that is no repair. */
    @Test
    void whetherItIsRepairedIsLookedAtAndNotConcluded() {
        broken = Set.of("b");
        parts.restore();
        assertEquals(List.of("look at a", "limit a", "look at a", "look at b", "look at c"), asked);
    }
}
