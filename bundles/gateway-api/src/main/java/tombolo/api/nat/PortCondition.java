package tombolo.api.nat;

import java.util.Locale;
import tombolo.api.net.Prefix;

/**
 * What must be true of a packet to a port of the host for it to be led to a container (portmap's {@code conditionsV4} and {@code conditionsV6}). Packets of the
 * prefix's family are meant; those of the other are not looked at.
 *
 * @param negated whether the address must lie outside of the prefix
 */
public record PortCondition(Side side, boolean negated, Prefix prefix) {
    /** Which address is looked at; the destination as it is before it is translated. */
    public enum Side { SOURCE, DESTINATION }

    /** {@code source 192.0.2.0/24}, {@code destination not 192.0.2.0/24}. */
    @Override
    public String toString() {
        return side.name().toLowerCase(Locale.ROOT) + (negated ? " not " : " ") + prefix;
    }
}
