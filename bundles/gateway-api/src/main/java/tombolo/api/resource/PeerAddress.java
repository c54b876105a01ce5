package tombolo.api.resource;

import java.util.OptionalInt;
import tombolo.api.net.IpAddress;

/**
 * {@code 10.0.0.1}, {@code 10.0.0.1:1790}, {@code 2001:db8::1} or {@code [2001:db8::1]:1790}.
 *
 * @param port 1–65535
 */
public record PeerAddress(IpAddress address, OptionalInt port) {
    public PeerAddress {
        if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
            throw new IllegalArgumentException("port " + port.getAsInt() + " is out of range: 1 to 65535");
        }
    }

    /** @throws IllegalArgumentException where the text is none of the four forms */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[") && text.indexOf("]:") == colon - 1 && colon > 1;
        boolean dotted = colon > 0 && text.indexOf(':') == colon && text.indexOf('.') > 0;
        if (!bracketed && !dotted) {
            return new PeerAddress(IpAddress.parse(text), OptionalInt.empty());
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("'" + text + "': the port is a number from 1 to 65535");
        }
        return new PeerAddress(IpAddress.parse(bracketed ? text.substring(1, colon - 1) : text.substring(0, colon)), OptionalInt.of(Integer.parseInt(port)));
    }

    @Override
    public String toString() {
        return port.isEmpty() ? address.toString() : address.isIpv4() ? address + ":" + port.getAsInt() : "[" + address + "]:" + port.getAsInt();
    }
}
