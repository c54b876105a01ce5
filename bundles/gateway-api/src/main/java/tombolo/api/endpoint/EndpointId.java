package tombolo.api.endpoint;

import java.util.Comparator;

/**
 * An attachment of a container to a network: CNI's identity of it (CNI specification, section 2).
 *
 * @param containerId   begins with a letter or digit, then those, '_', '.' and '-'; at most {@value #MAX_CONTAINER_ID} characters
 * @param interfaceName the interface in the container; see {@link #isInterfaceName}
 */
public record EndpointId(String containerId, String interfaceName) implements Comparable<EndpointId> {
    /** Runtimes use 64; the specification names no bound, file and key names do. */
    public static final int MAX_CONTAINER_ID = 200;
    private static final Comparator<EndpointId> ORDER = Comparator.comparing(EndpointId::containerId).thenComparing(EndpointId::interfaceName);

    public EndpointId {
        if (!isContainerId(containerId)) {
            throw new IllegalArgumentException("'" + containerId + "' is not a container id");
        }
        if (!isInterfaceName(interfaceName)) {
            throw new IllegalArgumentException("'" + interfaceName + "' is not an interface name");
        }
    }

    public static boolean isContainerId(String text) {
        for (int i = 0; i < text.length(); i++) { // made and compared by the thousand: no regular expression
            char c = text.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && (i == 0 || c != '_' && c != '.' && c != '-')) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_CONTAINER_ID;
    }

    /** What the kernel takes: 1 to 15 characters, neither "." nor "..", without '/', ':' and white space (dev_valid_name). */
    public static boolean isInterfaceName(String text) {
        if (text.isEmpty() || text.length() > 15 || text.equals(".") || text.equals("..")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= 32 || c >= 127 || c == '/' || c == ':') {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(EndpointId other) {
        return ORDER.compare(this, other);
    }

    /** {@code containerId/eth0}. */
    @Override
    public String toString() {
        return containerId + "/" + interfaceName;
    }
}
