package tombolo.api.nat;

import java.util.Locale;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

/**
 * What must be true of a packet to a port of the host for it to be led to a container (portmap's {@code conditionsV4} and {@code conditionsV6}). Packets of one
 * family are meant; those of the other are not looked at.
 */
public sealed interface PortCondition {
    /** Whose packets are looked at. */
    AddressFamily family();

    /** Whether it holds where what is said does not. */
    boolean negated();

    /** Which address is looked at; the destination as it is before it is translated. */
    enum Side { SOURCE, DESTINATION }

    /** An address is one of the prefix. */
    record OfAddress(Side side, boolean negated, Prefix prefix) implements PortCondition {
        @Override
        public AddressFamily family() {
            return prefix.family();
        }

        /** {@code source 192.0.2.0/24}, {@code destination not 192.0.2.0/24}. */
        @Override
        public String toString() {
            return side.name().toLowerCase(Locale.ROOT) + (negated ? " not " : " ") + prefix;
        }
    }

    /**
     * The packet came in by an interface of this host; one that the host itself sends came in by none.
     *
     * @param name 1 to 15 characters without white space and {@code /}; with {@code +} at its end all whose names begin so, as iptables has it
     */
    record ArrivedBy(AddressFamily family, boolean negated, String name) implements PortCondition {
        public ArrivedBy {
            if (name.isEmpty() || name.length() > 15 || name.equals("+") || name.chars().anyMatch(one -> one <= ' ' || one > '~' || one == '/')
                    || name.indexOf('+') >= 0 && name.indexOf('+') != name.length() - 1) {
                throw new IllegalArgumentException("'" + name + "' is no interface's name");
            }
        }

        /** {@code interface eth0}, {@code interface not eth+}. */
        @Override
        public String toString() {
            return "interface" + (negated ? " not " : " ") + name;
        }
    }
}
