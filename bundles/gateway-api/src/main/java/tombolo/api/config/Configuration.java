package tombolo.api.config;

import java.util.List;

/** The node's configuration, a service of gateway-config. Any thread may call. */
public interface Configuration {
    /** What is in force now. */
    Settings settings();

    /** What etc/ alone would put into force, without what other sources say. */
    Settings ofFiles();

    /** What the files say and why it is not in force; empty when all is well. Sorted by file and line. */
    List<ConfigProblem> problems();

    /** Every value, those that are shadowed too, with where each comes from; sorted by key, of one key the one in force first. */
    List<ConfigEntry> entries();
}
