package tombolo.cni.core;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The versions of the CNI specification that are spoken, oldest first. */
public enum CniVersion {
    V0_1_0, V0_2_0, V0_3_0, V0_3_1, V0_4_0, V1_0_0, V1_1_0;

    private final String text = name().substring(1).replace('_', '.').toLowerCase(Locale.ROOT);

    /** What a configuration without {@code cniVersion} means: the field came with 0.2.0. */
    public static final CniVersion UNSTATED = V0_1_0;

    public static Optional<CniVersion> of(String text) {
        return Arrays.stream(values()).filter(version -> version.text().equals(text)).findFirst();
    }

    public static List<String> texts() {
        return Arrays.stream(values()).map(CniVersion::text).toList();
    }

    /** {@code 1.1.0}. */
    public String text() {
        return text;
    }

    public boolean atLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }
}
