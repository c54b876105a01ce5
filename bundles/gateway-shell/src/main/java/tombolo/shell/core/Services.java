package tombolo.shell.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.azure.AzureAccess;
import tombolo.api.bfd.Bfd;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.config.Configuration;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.ipam.Ipam;
import tombolo.api.kernel.Links;
import tombolo.api.nat.Nat;
import tombolo.api.overlay.Overlays;
import tombolo.api.policy.Policies;
import tombolo.api.resource.ResourceCommands;
import tombolo.api.route.KernelRoutes;

/** The services of the other bundles as they are at this moment: any may be missing while its bundle is swapped. */
public interface Services {
    /** Who answers what. */
    Map<Class<?>, String> BUNDLES = Map.ofEntries(Map.entry(BgpSessions.class, "gateway-bgp-session"), Map.entry(Bfd.class, "gateway-bfd"), Map.entry(BgpRoutes.class, "gateway-bgp"),
            Map.entry(KernelRoutes.class, "gateway-dataplane"), Map.entry(Links.class, "gateway-dataplane"), Map.entry(Overlays.class, "gateway-dataplane"),
            Map.entry(Nat.class, "gateway-dataplane"), Map.entry(Configuration.class, "gateway-config"), Map.entry(Ipam.class, "gateway-ipam"), Map.entry(Endpoints.class, "gateway-cni"),
            Map.entry(Policies.class, "gateway-policy"), Map.entry(ResourceCommands.class, "gateway-resources"), Map.entry(AzureAccess.class, "azure-arm"),
            Map.entry(ExpressRoute.class, "azure-expressroute"));

    <T> Optional<T> find(Class<T> service);

    /** All that there are of a service that several bundles offer. */
    default <T> List<T> all(Class<T> service) {
        return find(service).stream().toList();
    }

    /** What is the matter with a bundle whose service is missing, and what to do: "is not installed; ...". */
    default String trouble(String bundle) {
        return "is not running; start it with bundle:start io.tombolo." + bundle;
    }

    /** @throws Failure naming the bundle that is not running */
    default <T> T need(Class<T> service) {
        return find(service).orElseThrow(() -> new Failure("TMB-SHL-001 " + bundle(service) + " " + trouble(bundle(service))
                + ". Nobody else can answer this."));
    }

    static String bundle(Class<?> service) {
        return BUNDLES.getOrDefault(service, "the bundle of " + service.getSimpleName());
    }
}
