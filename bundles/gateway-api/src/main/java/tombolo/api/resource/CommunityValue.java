package tombolo.api.resource;

/**
 * A BGP community as {@code aa:nn} (RFC 1997; each part 16 bits) or {@code aa:nn:mm} (RFC 8092; each part 32 bits).
 *
 * @param large whether it is of three parts
 * @param third 0 where it is of two
 */
public record CommunityValue(boolean large, long first, long second, long third) implements Comparable<CommunityValue> {
    public CommunityValue {
        long most = large ? 0xffff_ffffL : 0xffff;
        if (first < 0 || first > most || second < 0 || second > most || third < 0 || third > (large ? most : 0)) {
            throw new IllegalArgumentException("a community " + text(large, first, second, third) + ": each part is 0 to " + most);
        }
    }

    /** @throws IllegalArgumentException where the text is neither form or a part is out of range */
    public static CommunityValue parse(String text) {
        String[] parts = text.split(":", -1);
        boolean digits = true;
        for (String part : parts) {
            digits &= part.matches("[0-9]{1,10}");
        }
        if (!digits || parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException("'" + text + "' is not a community: wanted aa:nn (parts to 65535) or aa:nn:mm (parts to 4294967295)");
        }
        return new CommunityValue(parts.length == 3, Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts.length == 3 ? Long.parseLong(parts[2]) : 0);
    }

    @Override
    public int compareTo(CommunityValue other) {
        int order = Boolean.compare(large, other.large);
        order = order != 0 ? order : Long.compare(first, other.first);
        order = order != 0 ? order : Long.compare(second, other.second);
        return order != 0 ? order : Long.compare(third, other.third);
    }

    @Override
    public String toString() {
        return text(large, first, second, third);
    }

    private static String text(boolean large, long first, long second, long third) {
        return first + ":" + second + (large ? ":" + third : "");
    }
}
