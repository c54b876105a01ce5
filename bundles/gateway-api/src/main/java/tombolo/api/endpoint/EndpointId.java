package tombolo.api.endpoint;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * An attachment of a container to a network: CNI's identity of it (CNI specification, section 2).
 *
 * @param containerId   begins with a letter or digit, then those, '_', '.' and '-'; at most {@value #MAX_CONTAINER_ID} characters
 * @param interfaceName the interface in the container; see {@link #isInterfaceName}
 */
public record EndpointId(String containerId, String interfaceName) implements Comparable<EndpointId> {
    /** Runtimes use 64; the specification names no bound, file and key names do. */
    public static final int MAX_CONTAINER_ID = 200;
    private static final Pattern CONTAINER_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
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
        return text.length() <= MAX_CONTAINER_ID && CONTAINER_ID.matcher(text).matches();
    }

    /** What the kernel takes: 1 to 15 characters, neither "." nor "..", without '/', ':' and white space (dev_valid_name). */
    public static boolean isInterfaceName(String text) {
        return !text.isEmpty() && text.length() <= 15 && !text.equals(".") && !text.equals("..")
                && text.chars().allMatch(c -> c > 32 && c < 127 && c != '/' && c != ':');
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
