package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;

/**
 * What every peer and the kernel hold after any sequence of events is what a plain model computes from the announcements that stand. The seed in the test's
 * name repeats a failure.
 */
class TableModelTest {
    private static final int NO_EXPORT = 0xFFFFFF01;
    private static final String[] FILTERS = {"all", "not-ten", "not-six", ""};

    /** @param hop of IPv4 routes: the peer's own address, or another neighbour's */
    private record Announced(int med, int community, IpAddress hop, int[] path) { }

    private static final class Speaker {
        final FakePeer peer;
        final Map<Prefix, Announced> announced = new TreeMap<>();
        String in = "all";
        String out = "all";
        boolean slow;
        boolean client;

        Speaker(FakePeer peer) {
            this.peer = peer;
        }

        boolean internal() {
            return peer.as == FakeSettings.LOCAL_AS;
        }
    }

    private record Candidate(Speaker from, Announced route) { }

    private final List<Speaker> speakers = new ArrayList<>();
    private final List<Prefix> prefixes = new ArrayList<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void whatPeersAndKernelHoldFollowsFromTheStandingAnnouncementsAlone(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 7; i++) {
            speakers.add(new Speaker(new FakePeer("p" + i, i >= 4 ? FakeSettings.LOCAL_AS : 65010 + i, "10.9.0." + (20 - i), FakeSettings.LOCAL_AS)));
        }
        for (int i = 0; i < 30; i++) {
            prefixes.add(Prefix.of(IpAddress.parse((i % 2 == 0 ? "10.1." : "11.1.") + i + ".0"), 24));
            prefixes.add(Prefix.of(IpAddress.parse("2001:db8:" + Integer.toHexString(i) + "::"), i % 3 == 0 ? 64 : 48));
        }
        Node node = new Node(settings(random).build());
        for (int step = 0; step < 600; step++) {
            if (random.nextInt(60) == 0) {
                node = swap(random, node);
            }
            event(random, node);
            if (random.nextInt(4) == 0) {
                node.run();
            } else { // some turns that are over before their work is done
                for (int turns = random.nextInt(4); turns > 0; turns--) {
                    int[] looks = {random.nextInt(6)};
                    node.engine.work(() -> looks[0]-- <= 0);
                }
            }
        }
        settle(node);
        check(seed, node);
        for (Speaker speaker : speakers) {
            speaker.peer.fall(false);
        }
        node.run(speakers.stream().map(speaker -> speaker.peer).toArray(FakePeer[]::new));
        node.settle();
        assertEquals(0, node.engine.rib(AddressFamily.IPV4).prefixes.size());
        assertEquals(0, node.engine.rib(AddressFamily.IPV6).prefixes.size());
        assertEquals(0, node.engine.attributes.size(), "no reference to an attribute set is lost");
        assertTrue(node.feed.ids.isEmpty());
    }

    /** Another engine goes on with the tables, after any number of turns; some sessions may have ended meanwhile, and settings changed. */
    private Node swap(Random random, Node former) {
        var region = former.engine.export();
        if (region.isEmpty()) {
            return former; // it has not settled yet itself
        }
        Node node = new Node(settings(random).build(), region.get(), former.nanos);
        node.engine.attached();
        for (Speaker speaker : speakers) {
            speaker.peer.resume();
            node.engine.ready(speaker.peer);
        }
        if (random.nextBoolean()) {
            node.seconds(3);
            node.seconds(11);
        }
        return node;
    }

    private FakeSettings settings(Random random) {
        FakeSettings settings = new FakeSettings().reject("not-ten", "10.0.0.0/8").reject("not-six", "::/0");
        for (Speaker speaker : speakers) {
            settings.peer(speaker.peer, speaker.in, speaker.out).keys(speaker.peer, keys -> keys.client = speaker.client);
        }
        return settings;
    }

    private void event(Random random, Node node) {
        Speaker speaker = speakers.get(random.nextInt(speakers.size()));
        FakePeer peer = speaker.peer;
        int kind = random.nextInt(100);
        if (peer.up == null) {
            peer.establish();
            speaker.announced.clear();
        } else if (kind < 55) {
            Prefix prefix = prefixes.get(random.nextInt(prefixes.size()));
            int[] path = new int[random.nextInt(3) + (speaker.internal() ? 0 : 1)];
            Arrays.setAll(path, i -> i == 0 && !speaker.internal() ? peer.as : 64900 + random.nextInt(3));
            Announced route = new Announced(random.nextInt(4) - 1, random.nextInt(8) == 0 ? NO_EXPORT : 0,
                    random.nextInt(4) == 0 ? speakers.get(random.nextInt(speakers.size())).peer.address : peer.address, path);
            speaker.announced.put(prefix, route);
            peer.announce(prefix.toString(), route.hop, route.med, route.community, path);
        } else if (kind < 75) {
            Prefix prefix = prefixes.get(random.nextInt(prefixes.size()));
            speaker.announced.remove(prefix);
            peer.withdraw(prefix.toString());
        } else if (kind < 80) {
            peer.fall(false);
            speaker.announced.clear();
        } else if (kind < 85) {
            speaker.in = FILTERS[random.nextInt(FILTERS.length)];
            speaker.out = FILTERS[random.nextInt(FILTERS.length)];
            speaker.client = speaker.internal() && random.nextBoolean();
            node.engine.settings(settings(random).build());
        } else if (kind < 92) {
            speaker.slow = !speaker.slow;
            peer.room = speaker.slow ? 1 : Integer.MAX_VALUE;
        } else if (kind < 96) {
            peer.drain();
            node.engine.ready(peer);
        } else {
            peer.send(ControlMessages.refresh(random.nextBoolean() ? AddressFamily.IPV4 : AddressFamily.IPV6, 0));
        }
        node.engine.ready(peer);
        node.feed.full = random.nextInt(10) == 0;
        if (!node.feed.full) {
            node.engine.feedDrained();
        }
    }

    private void settle(Node node) {
        node.feed.full = false;
        node.engine.feedDrained();
        for (Speaker speaker : speakers) {
            if (speaker.peer.up == null) {
                speaker.peer.establish();
                speaker.announced.clear();
            }
            speaker.peer.room = Integer.MAX_VALUE;
            speaker.peer.drain();
            node.engine.ready(speaker.peer);
        }
        node.settle();
        for (int i = 0; i < 4; i++) {
            node.seconds(11);
        }
    }

    private void check(long seed, Node node) {
        for (Speaker receiver : speakers) {
            Map<Prefix, String> wanted = new TreeMap<>();
            for (Prefix prefix : prefixes) {
                @Nullable Candidate best = best(prefix);
                if (best != null && isTold(receiver, best, prefix)) {
                    wanted.put(prefix, text(receiver, best, prefix));
                }
            }
            assertEquals(wanted, receiver.peer.holds, "seed " + seed + ": what " + receiver.peer.name + " holds");
            assertEquals(List.of(), receiver.peer.errors);
        }
        Map<Prefix, String> kernel = new TreeMap<>();
        for (Prefix prefix : prefixes) {
            @Nullable Candidate best = best(prefix);
            if (best != null) {
                kernel.put(prefix, nextHop(best, prefix).toString());
            }
        }
        Map<Prefix, String> held = new TreeMap<>();
        node.feed.ids.forEach((prefix, id) -> held.put(prefix, String.join(",", node.feed.sets.get(id).stream().map(NextHop::toString).toList())));
        assertEquals(kernel, held, "seed " + seed + ": the kernel");
    }

    private static IpAddress nextHop(Candidate best, Prefix prefix) {
        return prefix.family() == AddressFamily.IPV4 ? best.route.hop : IpAddress.parse("2001:db8:ffff::" + Integer.toHexString(best.from.peer.as));
    }

    private static boolean passes(String filter, boolean internal, Prefix prefix) {
        return switch (filter) {
            case "" -> internal;
            case "not-ten" -> !Prefix.parse("10.0.0.0/8").covers(prefix);
            case "not-six" -> prefix.family() == AddressFamily.IPV4;
            default -> true;
        };
    }

    private static boolean isTold(Speaker receiver, Candidate best, Prefix prefix) {
        return best.from != receiver && !(best.from.internal() && receiver.internal() && !best.from.client && !receiver.client) && passes(receiver.out, receiver.internal(), prefix)
                && (receiver.internal() || best.route.community != NO_EXPORT);
    }

    private static String text(Speaker receiver, Candidate best, Prefix prefix) {
        String path = String.join(" ", Arrays.stream(best.route.path).mapToObj(String::valueOf).toList());
        String communities = best.route.community == NO_EXPORT ? " [no-export]" : "";
        if (receiver.internal()) {
            String reflected = best.from.internal() ? " [originator-id: " + best.from.peer.address + ", cluster-list: 10.255.0.1]" : "";
            String hop = nextHop(best, prefix).equals(receiver.peer.address) ? "10.255.0.1" : nextHop(best, prefix).toString(); // RFC 4271 §5.1.3
            return "[" + path + "] via " + hop + (best.route.med >= 0 ? " med " + best.route.med : "") + " lp 100" + communities + reflected;
        }
        return "[" + FakeSettings.LOCAL_AS + (path.isEmpty() ? "" : " " + path) + "] via " + (prefix.family() == AddressFamily.IPV4 ? "10.255.0.1" : "2001:db8:ffff::1")
                + communities;
    }

    private @Nullable Candidate best(Prefix prefix) {
        List<Candidate> all = new ArrayList<>();
        for (Speaker speaker : speakers) {
            Announced route = speaker.announced.get(prefix);
            if (route != null && passes(speaker.in, speaker.internal(), prefix)) {
                all.add(new Candidate(speaker, route));
            }
        }
        if (all.isEmpty()) {
            return null;
        }
        int shortest = Collections.min(all.stream().map(candidate -> candidate.route.path.length).toList());
        all.removeIf(candidate -> candidate.route.path.length > shortest);
        List<Candidate> survivors = all.stream().filter(candidate -> all.stream().noneMatch(other ->
                neighbour(other) == neighbour(candidate) && Math.max(0, other.route.med) < Math.max(0, candidate.route.med))).toList();
        return survivors.stream().min(Comparator.<Candidate, Boolean>comparing(candidate -> candidate.from.internal())
                .thenComparing(candidate -> candidate.from.peer.address)).orElseThrow();
    }

    private static int neighbour(Candidate candidate) {
        return candidate.route.path.length == 0 ? 0 : candidate.route.path[0];
    }
}
