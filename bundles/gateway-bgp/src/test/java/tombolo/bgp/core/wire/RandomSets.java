package tombolo.bgp.core.wire;

import java.util.Random;

/** Sound canonical sets, as a session would bring them. */
final class RandomSets {
    private RandomSets() { }

    /** @param ipv6 with an IPv6 next hop instead of NEXT_HOP; @param internal with LOCAL_PREF and, sometimes, reflection attributes */
    static String set(Random random, boolean ipv6, boolean internal) {
        StringBuilder set = new StringBuilder("400101" + "0" + random.nextInt(3)).append(asPath(random, internal));
        if (!ipv6) {
            set.append("4003040A0000").append(octets(random, 1));
        }
        if (random.nextBoolean()) {
            set.append("800404").append(octets(random, 4));
        }
        if (internal) {
            set.append("400504").append(octets(random, 4));
        }
        if (random.nextInt(4) == 0) {
            set.append("400600");
        }
        if (random.nextInt(4) == 0) {
            set.append(Wire.attribute(random.nextBoolean() ? 0xC0 : 0xE0, 7, as(random) + octets(random, 4)));
        }
        if (random.nextBoolean()) {
            set.append(Wire.attribute(0xC0, 8, octets(random, 4 * (1 + random.nextInt(80)))));
        }
        if (internal && random.nextBoolean()) {
            set.append("800904").append(octets(random, 4)).append(Wire.attribute(0x80, 10, octets(random, 4 * (1 + random.nextInt(3)))));
        }
        if (ipv6) {
            set.append(random.nextBoolean() ? "800E10" + "20010DB8" + octets(random, 12) : "800E20" + "20010DB8" + octets(random, 12) + "FE80000000000000" + octets(random, 8));
        }
        if (random.nextBoolean()) {
            set.append(Wire.attribute(0xC0, 16, octets(random, 8 * (1 + random.nextInt(5)))));
        }
        if (random.nextBoolean()) {
            set.append(Wire.attribute(0xC0, 32, octets(random, 12 * (1 + random.nextInt(30)))));
        }
        if (random.nextInt(4) == 0) {
            set.append("C02304").append(as(random));
        }
        if (random.nextInt(3) == 0) {
            set.append(Wire.attribute(0xE0, 100 + random.nextInt(100), octets(random, random.nextInt(400))));
        }
        return set.toString();
    }

    private static String asPath(Random random, boolean internal) {
        StringBuilder value = new StringBuilder();
        int segments = internal ? random.nextInt(4) : 1 + random.nextInt(3);
        for (int i = 0; i < segments; i++) {
            int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 255 : 6);
            value.append(random.nextInt(5) == 0 && i > 0 ? "01" : "02").append(String.format("%02X", count));
            for (int j = 0; j < count; j++) {
                value.append(as(random));
            }
        }
        return Wire.attribute(0x40, 2, value.toString());
    }

    /** Half of them need four octets; never 0, nor AS_TRANS, which a 2-octet peer could not tell from "does not fit". */
    private static String as(Random random) {
        int as = random.nextBoolean() ? 1 + random.nextInt(23_000) : 65_536 + random.nextInt(Integer.MAX_VALUE - 65_536);
        return String.format("%08X", as);
    }

    static String octets(Random random, int count) {
        byte[] octets = new byte[count];
        random.nextBytes(octets);
        for (int i = 0; i < count; i++) {
            octets[i] = octets[i] == 0 ? 1 : octets[i];
        }
        return Wire.hex(octets);
    }
}
