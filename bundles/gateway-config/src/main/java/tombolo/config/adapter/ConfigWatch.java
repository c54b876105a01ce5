package tombolo.config.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.Configuration;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contributions;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Outcome;
import tombolo.config.core.Merge;
import tombolo.config.core.Merge.Merged;
import tombolo.config.core.ProblemText;
import tombolo.runtime.Loop;

/**
 * Watches the folder, takes what other sources say, and keeps {@link Configuration} true to both. One Loop ({@code tombolo-config}) reads, decides and tells the
 * listeners; the answers to {@link #settings}, {@link #problems} and {@link #entries} are immutable values that any thread may take.
 */
public final class ConfigWatch implements Configuration, Contributions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    /** How often the folder is looked at: a quarter of the promise that a change takes effect within 2 s. */
    private static final Duration PERIOD = Duration.ofMillis(500);
    /** A file younger than this may be half written; the folder must also look the same at two looks this far apart. */
    private static final long SETTLE_MILLIS = 100;
    /** A file that never comes to rest (something appends to it) is read all the same after so many looks. */
    private static final int MAX_WAITS = 8;
    /** Listeners come and go one by one; this is far above the number of bundles. */
    private static final int MAILBOX = 256;

    /** Files named in one line of the log. */
    private static final int MAX_NAMED = 20;

    private final Path folderPath;
    private final EtcFolder folder;
    private final LastGood lastGood;
    private final KeptContributions contributions;                      // of the Loop
    private final String hostName;
    private final Loop loop = new Loop("tombolo-config", MAILBOX);
    private final List<SettingsListener> listeners = new ArrayList<>(); // of the Loop
    private final Set<ConfigProblem> logged = new HashSet<>();         // of the Loop
    private @Nullable ConfigProblem folderProblem;                      // of the Loop
    private int waits;                                                  // of the Loop
    private Map<String, EtcFolder.Stamp> seen = Map.of();               // of the Loop: at the last look
    private @Nullable Outcome outcome;                                  // of the Loop: what the files come to
    private volatile @Nullable Merged merged;
    private volatile List<ConfigProblem> problems = List.of();

    /**
     * @param etc      the folder to watch
     * @param store    where the last good versions are kept; what other sources say, in {@code contributions} beside it
     * @param hostName the node's name where the files give none
     */
    public ConfigWatch(Path etc, Path store, String hostName) {
        this.folderPath = etc.toAbsolutePath().normalize();
        this.folder = new EtcFolder(folderPath);
        this.lastGood = LastGood.open(store);
        this.contributions = KeptContributions.open(store.resolveSibling("contributions"));
        this.hostName = hostName;
    }

    /** Reads the folder and goes on watching it; settings are there when this returns. Once. */
    public void start() {
        loop.ask(() -> {
            waits = MAX_WAITS; // at the start nothing is waited for: a file that still changes is seen at the next look
            look();
            return true;
        }, Duration.ofSeconds(30));
    }

    @Override
    public Settings settings() {
        return inForce().settings();
    }

    @Override
    public Settings ofFiles() {
        return inForce().ofFiles();
    }

    @Override
    public List<ConfigEntry> entries() {
        return inForce().entries();
    }

    private Merged inForce() {
        Merged now = merged;
        if (now == null) {
            throw new IllegalStateException("the configuration has not been read yet");
        }
        return now;
    }

    @Override
    public void offer(Contribution contribution) {
        enqueue(() -> {
            Outcome now = outcome;
            if (contributions.keep(contribution) && now != null) {
                publish(now, folderProblem == null ? now.problems() : List.of(folderProblem));
            }
        });
    }

    @Override
    public List<ConfigProblem> problems() {
        return problems;
    }

    /** Tells the listener what is in force now, then each change. Any thread. */
    public void add(SettingsListener listener) {
        enqueue(() -> {
            listeners.add(listener);
            Merged now = merged;
            if (now != null) {
                tell(listener, now.settings());
            }
        });
    }

    /** Nothing is told to it from the next change on. Any thread. */
    public void remove(SettingsListener listener) {
        enqueue(() -> listeners.remove(listener));
    }

    @Override
    public void close() {
        loop.close();
    }

    private void enqueue(Runnable task) {
        if (!loop.offer(task)) {
            LOG.debug("the configuration is closing");
        }
    }

    private void look() {
        Duration next = PERIOD;
        try {
            Map<String, EtcFolder.Stamp> stamps = folder.stamps();
            boolean folderIsBack = folderProblem != null;
            folderProblem = null;
            if (outcome == null || folderIsBack || !folder.isCurrent(stamps)) {
                long now = System.currentTimeMillis();
                boolean settled = stamps.equals(seen); // an editor that deletes and writes anew must not look like a deletion
                seen = stamps;
                boolean young = !settled || stamps.values().stream().anyMatch(stamp -> now - stamp.modifiedMillis() >= 0
                        && now - stamp.modifiedMillis() < SETTLE_MILLIS);
                if (young && waits++ < MAX_WAITS) {
                    next = Duration.ofMillis(SETTLE_MILLIS);
                } else {
                    waits = 0;
                    read(stamps);
                }
            }
        } catch (IOException e) {
            folderLost(e);
        } finally {
            loop.schedule(next, this::look);
        }
    }

    private void folderLost(IOException reason) {
        ConfigProblem problem = new ConfigProblem(folderPath.toString(), 0, "", "TMB-CFG-017 the folder cannot be read (" + reason.getClass().getSimpleName()
                + "); what is in force stays so. Bring it back, or name another one with -Dtombolo.etc");
        Outcome now = outcome;
        if (now == null) {
            Map<String, ConfigFiles.Content> files = new HashMap<>();
            lastGood.texts().forEach((name, text) -> files.put(name, new ConfigFiles.Content.Text(text)));
            now = ConfigFiles.read(files, lastGood.texts(), hostName, folderPath.toString());
        }
        if (!problem.equals(folderProblem)) {
            LOG.warn("{}", ProblemText.of(problem));
            folderProblem = problem;
            publish(now, List.of(problem));
        }
    }

    private void read(Map<String, EtcFolder.Stamp> stamps) {
        Outcome read = ConfigFiles.read(folder.read(stamps), lastGood.texts(), hostName, folderPath.toString());
        log(read);
        logChanges(lastGood.texts(), read.inForce());
        lastGood.keep(read.inForce());
        publish(read, read.problems());
    }

    private void publish(Outcome read, List<ConfigProblem> ofFiles) {
        Merged before = merged;
        Merged now = Merge.of(read, contributions.all(), hostName, folderPath.toString());
        outcome = read;
        merged = now;
        List<ConfigProblem> all = new ArrayList<>(ofFiles);
        all.addAll(now.problems());
        problems = List.copyOf(all);
        now.problems().stream().filter(problem -> before == null || !before.problems().contains(problem)).forEach(problem -> LOG.warn("{}", ProblemText.of(problem)));
        if (before == null || !before.settings().equals(now.settings())) {
            listeners.forEach(listener -> tell(listener, now.settings()));
        }
    }

    private static void tell(SettingsListener listener, Settings settings) {
        try {
            listener.settingsChanged(settings);
        } catch (RuntimeException e) {
            LOG.error("TMB-CFG-019 {} failed over a change of the configuration; the others are told", listener.getClass().getName(), e);
        }
    }

    /** Which files' versions went into or out of force; at the start against what was in force when the node last ran. */
    private void logChanges(Map<String, String> before, Map<String, String> now) {
        List<String> changes = new ArrayList<>();
        new TreeMap<>(now).forEach((file, text) -> {
            if (!before.containsKey(file)) {
                changes.add(file + " (new)");
            } else if (!before.get(file).equals(text)) {
                changes.add(file + " (changed)");
            }
        });
        new TreeMap<>(before).keySet().stream().filter(file -> !now.containsKey(file)).forEach(file -> changes.add(file + " (removed)"));
        if (!changes.isEmpty()) {
            int shown = Math.min(changes.size(), MAX_NAMED);
            LOG.info("TMB-CFG-021 in force from {}: {}{}", folderPath, String.join(", ", changes.subList(0, shown)), changes.size() > shown ? " and "
                    + (changes.size() - shown) + " more" : "");
        }
    }

    /** Each problem once, and when its file is well again. */
    private void log(Outcome read) {
        Map<String, List<ConfigProblem>> fresh = new HashMap<>(read.problems().stream().filter(problem -> !logged.contains(problem))
                .collect(Collectors.groupingBy(ConfigProblem::file)));
        fresh.forEach((file, all) -> {
            all.forEach(problem -> LOG.warn("{}", ProblemText.of(problem)));
            String instead = read.inForce().containsKey(file) ? "its last good version is in force"
                    : "there is no last good version, so nothing of it is in force";
            LOG.warn("TMB-CFG-016 {} is not followed as it stands in {}; {} until it is mended", file, folderPath, instead);
        });
        logged.stream().map(ConfigProblem::file).distinct().filter(file -> read.problems().stream().noneMatch(problem -> problem.file().equals(file)))
                .forEach(file -> LOG.info("TMB-CFG-020 {} is good again and in force", file));
        logged.clear();
        logged.addAll(read.problems());
    }
}
