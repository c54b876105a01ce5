package tombolo.azure.simulator;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalInt;

/**
 * How the simulated cloud behaves. {@link #quick} is for tests, {@link #lifelike} for the laboratory.
 *
 * @param folder where the CA's certificate and the list of endpoints are written
 * @param listen address of the server; loopback unless told otherwise
 * @param port 0 for any
 * @param clock for tokens, buckets and operations
 * @param operationTime how long a long-running operation takes; zero: answered at once, without one
 * @param providerTime how long the provider takes from Provisioning to Provisioned
 * @param tokenLifetime of access tokens
 * @param retryAfterSeconds in answers of running operations; empty for no such header
 * @param style which polling headers a PUT or POST answers with
 * @param pollingUrlBytes about how long a polling URL is
 * @param pageSize items of a list's page
 * @param readBucket reads that a principal may have at once in a subscription
 * @param readsPerSecond how fast that fills again
 * @param writeBucket as {@code readBucket} for PUT, PATCH and POST; deletes have one of the same size of their own
 * @param writesPerSecond as {@code readsPerSecond}
 */
public record SimulatorSettings(Path folder, InetAddress listen, int port, InstantSource clock, Duration operationTime, Duration providerTime, Duration tokenLifetime,
        OptionalInt retryAfterSeconds, HeaderStyle style, int pollingUrlBytes, int pageSize, int readBucket, int readsPerSecond, int writeBucket, int writesPerSecond) {

    /** Which headers name the polling URL. A DELETE always has both, a table only Location, as the recordings show. */
    public enum HeaderStyle { ASYNC_OPERATION, LOCATION, BOTH }

    public SimulatorSettings {
        if (operationTime.isNegative() || providerTime.isNegative() || !tokenLifetime.isPositive() || pageSize < 1 || readBucket < 1 || writeBucket < 1
                || pollingUrlBytes < 0 || pollingUrlBytes > 64 << 10) {
            throw new IllegalArgumentException("a setting of the simulator is out of its range");
        }
    }

    /** Operations of 200 ms, tokens of an hour, Retry-After 0, buckets as ARM documents them, polling URLs of 5 kB. */
    public static SimulatorSettings quick(Path folder) {
        return new SimulatorSettings(folder, InetAddress.getLoopbackAddress(), 0, InstantSource.system(), Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofHours(1),
                OptionalInt.of(0), HeaderStyle.ASYNC_OPERATION, 5_000, 50, 250, 25, 200, 10);
    }

    /** Operations of 3 s with Retry-After 1. */
    public static SimulatorSettings lifelike(Path folder) {
        return quick(folder).operationTime(Duration.ofSeconds(3)).providerTime(Duration.ofSeconds(5)).retryAfter(OptionalInt.of(1));
    }

    public SimulatorSettings operationTime(Duration time) {
        return new SimulatorSettings(folder, listen, port, clock, time, providerTime, tokenLifetime, retryAfterSeconds, style, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings providerTime(Duration time) {
        return new SimulatorSettings(folder, listen, port, clock, operationTime, time, tokenLifetime, retryAfterSeconds, style, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings tokenLifetime(Duration lifetime) {
        return new SimulatorSettings(folder, listen, port, clock, operationTime, providerTime, lifetime, retryAfterSeconds, style, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings retryAfter(OptionalInt seconds) {
        return new SimulatorSettings(folder, listen, port, clock, operationTime, providerTime, tokenLifetime, seconds, style, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings style(HeaderStyle headers) {
        return new SimulatorSettings(folder, listen, port, clock, operationTime, providerTime, tokenLifetime, retryAfterSeconds, headers, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings clock(InstantSource source) {
        return new SimulatorSettings(folder, listen, port, source, operationTime, providerTime, tokenLifetime, retryAfterSeconds, style, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings pageSize(int items) {
        return new SimulatorSettings(folder, listen, port, clock, operationTime, providerTime, tokenLifetime, retryAfterSeconds, style, pollingUrlBytes, items,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings listen(InetAddress address, int number) {
        return new SimulatorSettings(folder, address, number, clock, operationTime, providerTime, tokenLifetime, retryAfterSeconds, style, pollingUrlBytes, pageSize,
                readBucket, readsPerSecond, writeBucket, writesPerSecond);
    }

    public SimulatorSettings buckets(int reads, int readRate, int writes, int writeRate) {
        return new SimulatorSettings(folder, listen, port, clock, operationTime, providerTime, tokenLifetime, retryAfterSeconds, style, pollingUrlBytes, pageSize,
                reads, readRate, writes, writeRate);
    }
}
