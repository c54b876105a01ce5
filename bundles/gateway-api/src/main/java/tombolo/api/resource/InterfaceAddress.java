package tombolo.api.resource;

import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** An address of an interface with the length of its network, such as {@code 10.1.2.3/24}. A bare address has the full length. */
public record InterfaceAddress(IpAddress address, int length) {
    public InterfaceAddress {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException(address + "/" + length + ": the length is 0 to " + address.family().bits());
        }
    }

    /** @throws IllegalArgumentException where the text is neither an address nor address/length */
    public static InterfaceAddress parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            IpAddress address = IpAddress.parse(text);
            return new InterfaceAddress(address, address.family().bits());
        }
        String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not address/length");
        }
        return new InterfaceAddress(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(length));
    }

    public Prefix network() {
        return Prefix.of(address, length);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
