package tombolo.api.azure;

import java.util.List;
import tombolo.api.json.Json;

/** Azure Resource Manager. Any thread; each call blocks for at most the request's deadline, retries included. */
public interface Arm {
    /** Of the provider Microsoft.Network, where etc/ says no other: the one of which the most examples are published. */
    String NETWORK_VERSION = "2024-05-01";

    /** The version of Microsoft.Network's interface that this node speaks ({@code network-api-version} in etc/tombolo.azure.cfg): what stands in {@link ArmRequest#apiVersion} of its requests. */
    default String networkVersion() {
        return NETWORK_VERSION;
    }

    /** The configured subscriptions in the order of their names; none where nothing is configured. */
    List<AzureSubscription> subscriptions();

    /**
     * One request that is answered at once.
     *
     * @throws ArmException where ARM refuses, cannot be reached or has not answered in time; a status that starts an operation counts as refused
     */
    ArmAnswer call(ArmRequest request);

    /**
     * The items of every page of a list, in ARM's order.
     *
     * @throws ArmException as {@link #call}; also where a list has more pages or items than the client's limits
     */
    List<Json.Obj> list(ArmRequest request);

    /**
     * A request that may take time: {@link ArmOperation#done} where it was answered at once.
     *
     * @throws ArmException as {@link #call}; {@link ArmException#applied} says whether it may have been taken all the same
     */
    ArmOperation start(ArmRequest request);

    /**
     * How an operation stands, by one request.
     *
     * @throws ArmException where that cannot be told now; an operation that has failed is an answer and no exception
     */
    ArmProgress poll(ArmOperation operation);
}
