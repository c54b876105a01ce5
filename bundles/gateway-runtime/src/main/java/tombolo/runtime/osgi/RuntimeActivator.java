package tombolo.runtime.osgi;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import tombolo.runtime.StateKeeper;

/** Publishes the one {@link StateKeeper}; an activator, since gateway-runtime is what even a node without declarative services would keep. */
public final class RuntimeActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        context.registerService(StateKeeper.class, new StateKeeper(), null);
    }

    @Override
    public void stop(BundleContext context) {
        // the framework unregisters the service
    }
}
