package tombolo.bgp.core.filter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.FilterSettings.Match;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * Compiles chains of filters. Conditions on attributes are shared by all chains of one compiler, and so is what they remember of each attribute set; a new
 * configuration gets a new compiler. Owned by the Loop that owns the table.
 */
public final class FilterCompiler {
    private final AttributeTable table;
    private final Map<Match, Condition> shared = new HashMap<>();

    public FilterCompiler(AttributeTable table) {
        this.table = table;
    }

    /**
     * Compiles a chain: what one filter accepts goes on to the next. An empty chain accepts everything.
     *
     * @throws IllegalArgumentException where a filter holds an AS-path expression that cannot be read: the text names filter, rule and place
     */
    public CompiledFilter compile(List<FilterSettings> chain, FilterContext context) {
        List<CompiledFilter.Stage> stages = new ArrayList<>();
        for (FilterSettings filter : chain) {
            List<CompiledFilter.CompiledRule> rules = new ArrayList<>();
            for (FilterSettings.Rule rule : filter.rules()) {
                List<Condition> conditions = new ArrayList<>();
                for (Match match : rule.matches()) {
                    try {
                        conditions.add(shared.computeIfAbsent(match, wanted -> Condition.of(wanted, table)));
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException("filter '" + filter.name() + "' rule " + rule.number() + ": " + e.getMessage(), e);
                    }
                }
                rules.add(new CompiledFilter.CompiledRule(rule.number(), conditions, rule.changes(), rule.action(), table));
            }
            stages.add(new CompiledFilter.Stage(filter.name(), rules, filter.defaultAction() == FilterSettings.Action.ACCEPT));
        }
        return new CompiledFilter(table, stages, context);
    }
}
