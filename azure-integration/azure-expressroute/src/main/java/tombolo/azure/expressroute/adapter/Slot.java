package tombolo.azure.expressroute.adapter;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A service that comes and goes. Any thread. */
public final class Slot<T> {
    private final AtomicReference<Optional<T>> service = new AtomicReference<>(Optional.empty());

    public void set(T now) {
        service.set(Optional.of(now));
    }

    /** Leaves a service alone that has come in its place already. */
    public void gone(T before) {
        service.updateAndGet(now -> now.filter(each -> each != before));
    }

    Optional<T> get() {
        return service.get();
    }
}
