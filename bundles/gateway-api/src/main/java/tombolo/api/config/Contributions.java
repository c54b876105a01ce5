package tombolo.api.config;

/**
 * Takes what sources other than etc/ say: a service of gateway-config. A source refers to it dynamically (0..1) and says all it has to say when the two meet and
 * after each change.
 */
public interface Contributions {
    /**
     * Replaces what the source said before. It stays in force until the source speaks again: over a swap of the source's bundle, and over a restart of the
     * node, so that what rests on it comes up before the source does. Any thread; hands over and returns.
     */
    void offer(Contribution contribution);
}
