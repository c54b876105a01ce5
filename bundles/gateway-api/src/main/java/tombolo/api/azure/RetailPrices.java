package tombolo.api.azure;

import java.util.List;
import tombolo.api.json.Json;

/** Azure's retail prices ({@code prices-url} in etc/tombolo.azure.cfg): public, and asked without a token. Any thread. */
public interface RetailPrices {
    /**
     * Every price of a service, in the words of the interface ({@code meterName}, {@code retailPrice}, {@code unitOfMeasure}, {@code location}, ...). Blocks for at most
     * two minutes, over all pages.
     *
     * @param service as in {@code serviceName}, such as {@code ExpressRoute}
     * @throws ArmException where the interface is not reached, refuses, or does not answer as it is documented
     */
    List<Json.Obj> prices(String service);
}
