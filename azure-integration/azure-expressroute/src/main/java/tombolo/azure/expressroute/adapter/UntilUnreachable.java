package tombolo.azure.expressroute.adapter;

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

/** ARM for one command that looks at many things: a subscription that could not be reached is not asked again, since each request would wait for its deadline. One thread. */
final class UntilUnreachable implements Arm {
    private final Arm arm;
    /** By the subscription's name. */
    private final Map<String, ArmException> unreachable = new HashMap<>();

    UntilUnreachable(Arm arm) {
        this.arm = arm;
    }

    private <T> T ask(String subscription, Supplier<T> request) {
        ArmException before = unreachable.get(subscription);
        if (before != null) {
            throw new ArmException(before.reason(), ArmException.Applied.NO, before.getMessage() + " This was asked once for all that is looked at.", before.error(), before.retryAfter());
        }
        try {
            return request.get();
        } catch (ArmException e) {
            if (e.reason() == ArmException.Reason.UNREACHABLE) {
                unreachable.put(subscription, e);
            }
            throw e;
        }
    }

    @Override
    public String networkVersion() {
        return arm.networkVersion();
    }

    @Override
    public List<AzureSubscription> subscriptions() {
        return arm.subscriptions();
    }

    @Override
    public ArmAnswer call(ArmRequest request) {
        return ask(request.subscription(), () -> arm.call(request));
    }

    @Override
    public List<Json.Obj> list(ArmRequest request) {
        return ask(request.subscription(), () -> arm.list(request));
    }

    @Override
    public ArmOperation start(ArmRequest request) {
        return ask(request.subscription(), () -> arm.start(request));
    }

    @Override
    public ArmProgress poll(ArmOperation operation) {
        return ask(operation.subscription(), () -> arm.poll(operation));
    }
}
