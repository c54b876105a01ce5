package tombolo.bgp.core.rib;

/**
 * How long one call of {@link RibEngine#work} may go on. The engine knows no clock: it asks between pieces of some hundred prefixes, well under half a
 * millisecond each, and stops at the first yes. What is computed does not depend on the answers, only when.
 */
@FunctionalInterface
public interface Turn {
    /** A round of everything that waits, whatever it takes. */
    Turn UNLIMITED = () -> false;

    boolean isOver();
}
