package tombolo.bench.expressroute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.json.Json;

/** Azure as another client has it, with the time that it took; or, once it has been told to, what it answered before, at once. Any thread. */
final class TimedArm implements Arm {
    /** A span of {@code System.nanoTime}. */
    private record Span(long from, long to) { }

    private final Arm azure;
    private final Duration operation;
    private final List<Span> spans = new ArrayList<>();
    private final Map<String, Object> answers = new HashMap<>();
    private volatile boolean replaying;
    private int requests;

    /** @param operation how long Azure takes for an operation, as the simulator was told */
    TimedArm(Arm azure, Duration operation) {
        this.azure = azure;
        this.operation = operation;
    }

    /** From now on nobody is asked. */
    void replay() {
        replaying = true;
    }

    synchronized void reset() {
        spans.clear();
        requests = 0;
    }

    synchronized int requests() {
        return requests;
    }

    /** In how many of the nanoseconds before {@code end} Azure had something to do: requests that were open, and operations that it had taken. */
    synchronized long busyNanos(long end) {
        long busy = 0;
        long until = Long.MIN_VALUE;
        for (Span span : spans.stream().sorted((one, other) -> Long.compare(one.from(), other.from())).toList()) {
            long from = Math.max(span.from(), until);
            long to = Math.min(span.to(), end);
            if (to > from) {
                busy += to - from;
            }
            until = Math.max(until, to);
        }
        return busy;
    }

    private synchronized void add(long from, long to) {
        spans.add(new Span(from, to));
    }

    private synchronized Object remembered(String key) {
        Object answer = answers.get(key);
        if (answer == null) {
            throw new IllegalStateException("Azure was not asked this before: " + key);
        }
        return answer;
    }

    /** What is not there is remembered too. */
    @SuppressWarnings("unchecked")
    private <T> T ask(String kind, ArmRequest request, Supplier<T> question) {
        String key = kind + " " + request.subscription() + " " + request.method() + " " + request.path();
        if (replaying) {
            Object answer = remembered(key);
            if (answer instanceof ArmException refused) {
                throw refused;
            }
            return (T) answer;
        }
        try {
            T answer = timed(question);
            remember(key, answer);
            return answer;
        } catch (ArmException refused) {
            remember(key, refused);
            throw refused;
        }
    }

    private synchronized void remember(String key, Object answer) {
        answers.put(key, answer);
    }

    private <T> T timed(Supplier<T> question) {
        synchronized (this) {
            requests++;
        }
        long from = System.nanoTime();
        try {
            return question.get();
        } finally {
            add(from, System.nanoTime());
        }
    }

    @Override
    public List<AzureSubscription> subscriptions() {
        return azure.subscriptions();
    }

    @Override
    public String networkVersion() {
        return azure.networkVersion();
    }

    @Override
    public ArmAnswer call(ArmRequest request) {
        return ask("call", request, () -> azure.call(request));
    }

    @Override
    public List<Json.Obj> list(ArmRequest request) {
        return ask("list", request, () -> azure.list(request));
    }

    @Override
    public ArmOperation start(ArmRequest request) {
        ArmOperation started = timed(() -> azure.start(request));
        if (!started.done()) {
            long now = System.nanoTime();
            add(now, now + operation.toNanos());
        }
        return started;
    }

    @Override
    public ArmProgress poll(ArmOperation running) {
        return timed(() -> azure.poll(running));
    }
}
