package tombolo.azure.simulator;

import java.time.Duration;
import java.util.Optional;
import tombolo.azure.simulator.Operations.Fate;

/** The connectivity provider: an actor of its own, who is given a service key and brings the circuit, or takes it back. Any thread. */
public final class ServiceProvider {
    private final World world;

    ServiceProvider(World world) {
        this.world = world;
    }

    /** NotProvisioned becomes Provisioning, and Provisioned after the provider's time. @throws IllegalStateException where the circuit is not NotProvisioned */
    public void provision(String serviceKey) {
        move(serviceKey, "NotProvisioned", "Provisioning", "Provisioned");
    }

    /** Provisioned becomes Deprovisioning, and NotProvisioned after the provider's time. */
    public void deprovision(String serviceKey) {
        move(serviceKey, "Provisioned", "Deprovisioning", "NotProvisioned");
    }

    /** As a circuit's GET says it. */
    public Optional<String> state(String serviceKey) {
        return world.locked(() -> world.circuit(serviceKey).flatMap(circuit -> circuit.text("properties.serviceProviderProvisioningState")));
    }

    private void move(String serviceKey, String from, String between, String to) {
        world.locked(() -> {
            Resource circuit = world.circuit(serviceKey).orElseThrow(() -> new IllegalStateException("no circuit has the service key " + serviceKey));
            String state = circuit.text("properties.serviceProviderProvisioningState").orElse("");
            if (!state.equals(from)) {
                throw new IllegalStateException("circuit " + circuit.id().name() + " is " + state + ", not " + from);
            }
            set(circuit, between);
            ResourceId id = circuit.id();
            Operations.Plan plan = new Operations.Plan(id, circuit.location(), false, () -> world.find(id).ifPresent(there -> set(there, to)), () -> { }, Optional::empty);
            world.operations().start(plan, world.settings().times().provider(), new Fates.Wish(Fate.SUCCEEDS, "", "", Duration.ZERO), "provider");
            return true;
        });
    }

    private static void set(Resource circuit, String state) {
        circuit.properties().put("serviceProviderProvisioningState", state);
        circuit.touch();
    }
}
