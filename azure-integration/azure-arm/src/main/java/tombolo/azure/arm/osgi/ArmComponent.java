package tombolo.azure.arm.osgi;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureAccess;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.azure.RetailPrices;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.json.Json;
import tombolo.azure.arm.adapter.ArmClient;

/** Offers Azure Resource Manager. */
@Component(immediate = true, service = {SettingsListener.class, Arm.class, AzureAccess.class, RetailPrices.class})
public final class ArmComponent implements SettingsListener, Arm, AzureAccess, RetailPrices {
    private final ArmClient client;

    @Activate
    public ArmComponent() {
        client = new ArmClient();
    }

    @Deactivate
    void deactivate() {
        client.close();
    }

    @Override
    public void settingsChanged(Settings settings) {
        client.settings(settings.azure());
    }

    @Override
    public List<AzureSubscription> subscriptions() {
        return client.subscriptions();
    }

    @Override
    public String networkVersion() {
        return client.networkVersion();
    }

    @Override
    public ArmAnswer call(ArmRequest request) {
        return client.call(request);
    }

    @Override
    public List<Json.Obj> list(ArmRequest request) {
        return client.list(request);
    }

    @Override
    public ArmOperation start(ArmRequest request) {
        return client.start(request);
    }

    @Override
    public ArmProgress poll(ArmOperation operation) {
        return client.poll(operation);
    }

    @Override
    public List<Json.Obj> prices(String service) {
        return client.prices(service);
    }

    @Override
    public List<Standing> standings() {
        return client.standings();
    }

    @Override
    public Check check(String subscription) {
        return client.check(subscription);
    }
}
