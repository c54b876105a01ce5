package tombolo.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiPredicate;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/**
 * Who sees whom: in each place a server answers every datagram with the address that it saw it come from, and each place asks all others. No translation on the
 * way: what is seen is the address that the asking socket has.
 *
 * <p>Both ends are perl, which every Debian has: twenty-odd servers are a few megabytes each, where a JVM would be fifty.
 */
final class Sources {
    private static final int PORT = 7009;
    /** Asked again five times, a second apart: a first packet may wait for a neighbour to be found. */
    private static final String ASK = """
            use strict; use IO::Socket::INET; my $bad = 0; my $from = shift;
            for my $to (@ARGV) {
              my $s = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $to, PeerPort => %d, $from ? (LocalAddr => $from) : ()) or do { print "$to: no way there: $!\\n"; $bad = 1; next };
              my $seen = '';
              for (1 .. 5) {
                $s->send('who'); my $ready = ''; vec($ready, fileno($s), 1) = 1;
                if (select($ready, undef, undef, 1)) { if (defined $s->recv($seen, 64)) { last } }
              }
              my $own = $s->sockhost;
              if ($seen eq '') { print "$to: no answer to $own\\n"; $bad = 1 } elsif ($seen ne $own) { print "$to saw $seen, sent by $own\\n"; $bad = 1 } else { print "$to saw $seen\\n" }
            }
            exit $bad;
            """.formatted(PORT);
    private static final String SERVE = """
            use strict; use IO::Socket::INET; $| = 1;
            my $s = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $ARGV[0], LocalPort => %d, ReuseAddr => 1) or die $!;
            print "listening\\n";
            while (1) { my $who = ''; defined $s->recv($who, 64) or next; $s->send($s->peerhost) }
            """.formatted(PORT);
    private static final Duration START = Duration.ofSeconds(30);
    /** Askers at once: each waits more than it works. */
    private static final int ASKERS = 8;

    private Sources() { }

    /**
     * A place with the address at which others reach it.
     *
     * @param bound whether it asks from that address, too; a gateway asks from whichever the kernel chooses
     */
    record Place(Namespace namespace, String address, boolean bound) { }

    /** Starts a server in each place. */
    static List<Daemon> serve(List<Place> places, Path logs) {
        List<Daemon> servers = new ArrayList<>();
        for (Place place : places) {
            RunFiles.write(logs.resolve(place.namespace().name() + ".log"), "");
            servers.add(Daemon.start("the address server in " + place.namespace().name(), place.namespace(), logs.resolve(place.namespace().name() + ".log"), Map.of(),
                    List.of("perl", "-e", SERVE, place.address())));
        }
        for (Place place : places) {
            Await.until(START, () -> "the address server in " + place.namespace().name() + " listens; " + Daemon.tail(logs.resolve(place.namespace().name() + ".log")),
                    () -> Daemon.tail(logs.resolve(place.namespace().name() + ".log")).contains("listening"));
        }
        return servers;
    }

    /**
     * Each asks all others that it should reach.
     *
     * @param pairs of who asks and who answers
     * @return in words, how many ways there were
     * @throws HarnessException with the ways on which there was no answer, or an address was translated
     */
    static String everyoneSeesEveryone(List<Place> places, BiPredicate<Place, Place> pairs) {
        List<Callable<String>> work = new ArrayList<>();
        int ways = 0;
        for (Place place : places) {
            List<String> command = new ArrayList<>(List.of("perl", "-e", ASK, place.bound() ? place.address() : ""));
            places.stream().filter(other -> other != place && pairs.test(place, other)).forEach(other -> command.add(other.address()));
            ways += command.size() - 4;
            work.add(() -> {
                Command.Result result = place.namespace().attempt(command.toArray(String[]::new));
                return result.ok() ? "" : place.namespace().name() + " (" + place.address() + "): "
                        + String.join("; ", result.output().lines().filter(line -> !line.matches("[0-9.]+ saw [0-9.]+")).limit(3).toList());
            });
        }
        List<String> wrong = new ArrayList<>();
        try (ExecutorService askers = Executors.newFixedThreadPool(ASKERS)) {
            for (Future<String> one : askers.invokeAll(work)) {
                if (!one.get().isEmpty()) {
                    wrong.add(one.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarnessException("interrupted", e);
        } catch (ExecutionException e) {
            throw new HarnessException(String.valueOf(e.getCause()), e);
        }
        if (!wrong.isEmpty()) {
            throw new HarnessException("not everyone reaches everyone by the own address: " + String.join(" | ", wrong.subList(0, Math.min(wrong.size(), 4))));
        }
        return ways + " ways, each seen by the address that was sent from";
    }
}
