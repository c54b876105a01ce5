package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tombolo.api.config.ConfigProblem;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

/** Whatever stands in a file, reading it ends, in values or in problems. The seed is printed; set -Dtombolo.seed to repeat a run. */
class MutatedFilesTest {
    private static final int RUNS = 3_000;
    private static final String PIECES = "=\\#!@,:/.*<>\"' \n\t\r\0\u00e9\ud83d0123456789abcxyz-_[](){}|^$+?";

    private final long seed = Long.getLong("tombolo.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static String uncommented(FileKind kind) {
        return kind.keys().stream().map(Sample::line).collect(Collectors.joining("\n", "", "\n"));
    }

    private String mutated(String text) {
        StringBuilder mutant = new StringBuilder(text);
        for (int i = random.nextInt(6); i >= 0; i--) {
            int at = random.nextInt(mutant.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> mutant.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
                case 1 -> mutant.delete(at, Math.min(mutant.length(), at + random.nextInt(20)));
                case 2 -> mutant.insert(at, mutant.substring(at, Math.min(mutant.length(), at + random.nextInt(60))));
                default -> mutant.setLength(at);
            }
        }
        return mutant.toString();
    }

    @Test
    void noTextMakesTheReaderFailAndARefusedFileIsNeverInForce() {
        System.out.println("seed " + seed);
        for (int run = 0; run < RUNS; run++) {
            Map<String, Content> files = new HashMap<>();
            for (FileKind kind : FileKind.values()) {
                files.put(kind.fileName("EXAMPLE"), new Content.Text(mutated(uncommented(kind))));
            }
            Outcome outcome = ConfigFiles.read(files, Map.of(), "host", "/etc");
            for (ConfigProblem problem : outcome.problems()) {
                assertFalse(outcome.inForce().containsKey(problem.file()), "seed " + seed + ": " + problem);
                assertTrue(problem.message().matches("(?s)TMB-CFG-\\d{3} .+") && problem.message().lines().count() == 1, "seed " + seed + ": " + problem);
            }
            long refused = outcome.problems().stream().map(ConfigProblem::file).distinct().count();
            assertEquals(files.size(), refused + outcome.inForce().size(), "seed " + seed + ": a file is either in force or has a problem");
        }
    }

    @Test
    void theLastGoodVersionsStandBehindEveryMutant() {
        System.out.println("seed " + seed);
        Map<String, Content> good = new HashMap<>();
        good.put("tombolo.bgp.filter-f.cfg", new Content.Text("default = accept\n"));
        good.put("tombolo.bgp.peer-a.cfg", new Content.Text("remote-address = 10.0.0.2\nremote-as = 1\nimport = f\n"));
        good.put("tombolo.bgp.peer-b.cfg", new Content.Text("remote-address = 10.0.0.3\nremote-as = 1\nexport = f\n"));
        Map<String, String> inForce = ConfigFiles.read(good, Map.of(), "host", "/etc").inForce();
        for (int run = 0; run < RUNS; run++) {
            Map<String, Content> files = new HashMap<>(good);
            files.replaceAll((name, content) -> random.nextInt(2) == 0 ? content : new Content.Text(mutated(((Content.Text) content).text())));
            Outcome outcome = ConfigFiles.read(files, inForce, "host", "/etc");
            assertEquals(good.keySet(), outcome.inForce().keySet(), "seed " + seed + ": " + files + " " + outcome.problems());
            assertEquals(outcome.settings(), ConfigFiles.read(files, outcome.inForce(), "host", "/etc").settings(), "seed " + seed
                    + ": reading again changes nothing");
            List<String> addresses = outcome.settings().peers().values().stream().map(peer -> peer.remoteAddress().toString()).toList();
            assertEquals(addresses.size(), addresses.stream().distinct().count(), "seed " + seed);
        }
    }
}
