package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.AttributeTable;

/** Makes the filters of a peer from the settings. */
final class PolicyCompiler {
    private PolicyCompiler() { }

    /** The filters named, in order. A name without a file rejects everything: a filter that is gone must not open the door. */
    static List<FilterSettings> chain(Settings settings, List<String> names) {
        List<FilterSettings> chain = new ArrayList<>();
        for (String name : names) {
            FilterSettings found = settings.filters().get(name);
            chain.add(found != null ? found : new FilterSettings(name, List.of(), FilterSettings.Action.REJECT));
        }
        return List.copyOf(chain);
    }

    static @Nullable RouteFilter compile(AttributeTable attributes, List<FilterSettings> chain, @Nullable SessionUp up) {
        return chain.isEmpty() ? null : new PrefixOnlyFilter(attributes, chain);
    }

    /** Knows prefixes and verdicts only. */
    private record PrefixOnlyFilter(AttributeTable attributes, List<FilterSettings> chain) implements RouteFilter {
        @Override
        public int evaluate(AddressFamily family, long hi, long lo, int length, int set) {
            Prefix prefix = new Prefix(new IpAddress(family, hi, lo), length);
            for (FilterSettings filter : chain) {
                FilterSettings.Action verdict = FilterSettings.Action.NEXT;
                for (FilterSettings.Rule rule : filter.rules()) {
                    boolean matches = rule.matches().stream().allMatch(match -> match instanceof FilterSettings.Match.Prefixes(var ranges)
                            && ranges.stream().anyMatch(range -> range.prefix().covers(prefix) && length >= range.ge() && length <= range.le()));
                    if (matches && rule.action() != FilterSettings.Action.NEXT) {
                        verdict = rule.action();
                        break;
                    }
                }
                if ((verdict == FilterSettings.Action.NEXT ? filter.defaultAction() : verdict) == FilterSettings.Action.REJECT) {
                    return 0;
                }
            }
            attributes.retain(set);
            return set;
        }

        @Override
        public String trace(AddressFamily family, long hi, long lo, int length, int set) {
            int result = evaluate(family, hi, lo, length, set);
            if (result != 0) {
                attributes.release(result);
            }
            return result != 0 ? "accepted by the filters" : "rejected by the filters";
        }
    }
}
