package tombolo.azure.simulator;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalInt;

/** How the simulated cloud behaves. {@link #quick} is for tests, {@link #lifelike} for watching. */
public record SimulatorSettings(Place place, Times times, Answers answers, Buckets buckets) {
    /** Which headers name the polling URL. A DELETE always has both, a table only Location, as the recordings show. */
    public enum HeaderStyle { ASYNC_OPERATION, LOCATION, BOTH }

    /**
     * @param folder where the CA's certificate and the list of endpoints are written
     * @param listen address of the server; loopback unless told otherwise
     * @param port 0 for any
     */
    public record Place(Path folder, InetAddress listen, int port) { }

    /**
     * @param clock for tokens, buckets and operations
     * @param operation how long a long-running operation takes; zero: answered at once, without one
     * @param provider how long the provider takes from Provisioning to Provisioned
     * @param token how long an access token lives
     */
    public record Times(InstantSource clock, Duration operation, Duration provider, Duration token) {
        public Times {
            if (operation.isNegative() || provider.isNegative() || token.isNegative() || token.isZero()) {
                throw new IllegalArgumentException("a time of the simulator is out of its range");
            }
        }
    }

    /**
     * @param retryAfterSeconds in answers of running operations; empty for no such header
     * @param style which polling headers a PUT or POST answers with
     * @param pollingUrlBytes about how long a polling URL is, at most 64 kB
     * @param pageSize items of a list's page
     */
    public record Answers(OptionalInt retryAfterSeconds, HeaderStyle style, int pollingUrlBytes, int pageSize) {
        public Answers {
            if (pageSize < 1 || pollingUrlBytes < 0 || pollingUrlBytes > 64 << 10) {
                throw new IllegalArgumentException("a size of the simulator is out of its range");
            }
        }
    }

    /**
     * ARM's token buckets.
     *
     * @param reads that a principal may have at once in a subscription
     * @param readsPerSecond how fast that fills again
     * @param writes as {@code reads} for PUT, PATCH and POST; deletes have a bucket of the same size of their own
     * @param writesPerSecond as {@code readsPerSecond}
     */
    public record Buckets(int reads, int readsPerSecond, int writes, int writesPerSecond) {
        public Buckets {
            if (reads < 1 || writes < 1) {
                throw new IllegalArgumentException("a bucket of the simulator holds nothing");
            }
        }
    }

    /** Operations of 200 ms, tokens of an hour, Retry-After 0, buckets as ARM documents them, polling URLs of 5 kB. */
    public static SimulatorSettings quick(Path folder) {
        return new SimulatorSettings(new Place(folder, InetAddress.getLoopbackAddress(), 0), new Times(InstantSource.system(), Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofHours(1)),
                new Answers(OptionalInt.of(0), HeaderStyle.ASYNC_OPERATION, 5_000, 50), new Buckets(250, 25, 200, 10));
    }

    /** Operations of 3 s with Retry-After 1. */
    public static SimulatorSettings lifelike(Path folder) {
        SimulatorSettings quick = quick(folder);
        return new SimulatorSettings(quick.place, new Times(quick.times.clock, Duration.ofSeconds(3), Duration.ofSeconds(5), quick.times.token),
                new Answers(OptionalInt.of(1), quick.answers.style, quick.answers.pollingUrlBytes, quick.answers.pageSize), quick.buckets);
    }

    public SimulatorSettings listen(InetAddress address, int port) {
        return new SimulatorSettings(new Place(place.folder, address, port), times, answers, buckets);
    }

    public SimulatorSettings clock(InstantSource clock) {
        return new SimulatorSettings(place, new Times(clock, times.operation, times.provider, times.token), answers, buckets);
    }

    public SimulatorSettings style(HeaderStyle headers) {
        return new SimulatorSettings(place, times, new Answers(answers.retryAfterSeconds, headers, answers.pollingUrlBytes, answers.pageSize), buckets);
    }

    public SimulatorSettings pageSize(int items) {
        return new SimulatorSettings(place, times, new Answers(answers.retryAfterSeconds, answers.style, answers.pollingUrlBytes, items), buckets);
    }

    public SimulatorSettings buckets(Buckets other) {
        return new SimulatorSettings(place, times, answers, other);
    }
}
