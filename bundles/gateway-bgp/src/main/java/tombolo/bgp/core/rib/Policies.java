package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.filter.CompiledFilter;
import tombolo.bgp.core.filter.FilterCompiler;
import tombolo.bgp.core.filter.FilterContext;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.ExportContext;

/** Compiles the filters of sessions and update groups from the settings. */
final class Policies {
    private final AttributeTable attributes;
    private final RibEvents events;
    private FilterCompiler compiler;

    Policies(AttributeTable attributes, RibEvents events) {
        this.attributes = attributes;
        this.events = events;
        this.compiler = new FilterCompiler(attributes);
    }

    /** What the filters are made of has changed. */
    void renew() {
        compiler = new FilterCompiler(attributes);
    }

    /** The filters named, in order. A name without a file rejects everything: a filter that is gone must not open the door. */
    static List<FilterSettings> chain(Settings settings, List<String> names) {
        List<FilterSettings> chain = new ArrayList<>();
        for (String name : names) {
            FilterSettings found = settings.filters().get(name);
            chain.add(found != null ? found : rejectAll(name));
        }
        return List.copyOf(chain);
    }

    /** Null: no filter is configured. */
    @Nullable CompiledFilter importFilter(List<FilterSettings> chain, SessionUp up) {
        IpAddress local = up.localAddress();
        Optional<IpAddress> own4 = local.isIpv4() ? Optional.of(local) : up.localIpv4();
        Optional<IpAddress> own6 = local.isIpv4() ? up.localGlobal() : Optional.of(local);
        return compile(chain, new FilterContext(up.localAs(), own4, own6, up.localLinkLocal()));
    }

    @Nullable CompiledFilter exportFilter(ExportPolicy.Key key) {
        return compile(key.filters(), context(key));
    }

    /** What the route of default-originate passes. */
    @Nullable CompiledFilter defaultFilter(ExportPolicy.Key key) {
        return compile(key.defaultFilters(), context(key));
    }

    private static FilterContext context(ExportPolicy.Key key) {
        ExportContext context = key.context();
        return new FilterContext(context.localAs(), context.own4(), context.own6(), context.ownLinkLocal());
    }

    private @Nullable CompiledFilter compile(List<FilterSettings> chain, FilterContext context) {
        if (chain.isEmpty()) {
            return null;
        }
        try {
            return compiler.compile(chain, context);
        } catch (IllegalArgumentException e) {
            events.log("TMB-BGP-341 " + e.getMessage() + ". Nothing passes until the filter is mended.");
            return compiler.compile(List.of(rejectAll(chain.getFirst().name())), context);
        }
    }

    private static FilterSettings rejectAll(String name) {
        return new FilterSettings(name, List.of(), FilterSettings.Action.REJECT);
    }
}
