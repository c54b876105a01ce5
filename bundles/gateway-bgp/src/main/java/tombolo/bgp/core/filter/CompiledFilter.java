package tombolo.bgp.core.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.config.FilterSettings.Action;
import tombolo.api.config.FilterSettings.Change;
import tombolo.api.config.FilterSettings.CommunityKind;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.wire.AttributeEditor;
import tombolo.bgp.core.wire.AttributeMemo;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * A chain of filters for one session and direction, or for one update group. What a rule's changes make of an attribute set is remembered, and where no
 * condition looks at the prefix, so is the whole verdict. Owned by one Loop.
 */
public final class CompiledFilter {
    /** What {@link #evaluate} answers for a route that is not accepted. */
    public static final int REJECTED = -1;
    /** 16 Ki sets, 256 KiB for each rule that changes something: sets come grouped by message, so that more would serve little. */
    private static final int MEMO = 1 << 14;

    record CompiledRule(int number, List<Condition> conditions, List<Change> changes, Action action, AttributeMemo memo) {
        CompiledRule {
            conditions = List.copyOf(conditions);
            changes = List.copyOf(changes);
        }

        CompiledRule(int number, List<Condition> conditions, List<Change> changes, Action action, AttributeTable table) {
            this(number, conditions, changes, action, new AttributeMemo(table, MEMO));
        }
    }

    record Stage(String name, List<CompiledRule> rules, boolean acceptsByDefault) {
        Stage {
            rules = List.copyOf(rules);
        }
    }

    private final AttributeTable table;
    private final Stage[] stages;
    private final FilterContext context;
    private final AttributeEditor editor;
    private final Optional<AttributeMemo> verdicts;
    /** The rule that decided in the last stage looked at; 0: the default. */
    private int decidingStage;
    private int decidingRule;
    private boolean failed;
    /** Whether the routes asked about next are this node's own. */
    private boolean local;

    CompiledFilter(AttributeTable table, List<Stage> stages, FilterContext context) {
        this.table = table;
        this.stages = stages.toArray(Stage[]::new);
        this.context = context;
        this.editor = new AttributeEditor(table);
        boolean byPrefix = stages.stream().flatMap(stage -> stage.rules.stream()).flatMap(rule -> rule.conditions.stream())
                .anyMatch(condition -> condition instanceof Condition.InPrefixes || condition instanceof Condition.NotInPrefixes || condition instanceof Condition.ToldBy);
        this.verdicts = byPrefix ? Optional.empty() : Optional.of(new AttributeMemo(table, MEMO));
    }

    /** From here on it is asked about routes that this node originates itself, or that a peer told; the latter until this is said. */
    public CompiledFilter of(boolean originated) {
        local = originated;
        return this;
    }

    /** Whether any rule sets or removes a MED. */
    public boolean changesMed() {
        for (Stage stage : stages) {
            for (CompiledRule rule : stage.rules) {
                if (rule.changes.stream().anyMatch(change -> change instanceof Change.Med)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Decides about a route.
     *
     * @param attributeId a set in use; it keeps its references
     * @return the set as the filters leave it, often the same, with one reference for the caller; or {@link #REJECTED}
     */
    public int evaluate(AddressFamily family, long hi, long lo, int length, int attributeId) {
        if (verdicts.isEmpty()) {
            return run(family, hi, lo, length, attributeId, Optional.empty());
        }
        AttributeMemo memo = verdicts.get();
        int known = memo.getSet(attributeId);
        if (known == AttributeMemo.MISSING) {
            known = run(family, hi, lo, length, attributeId, Optional.empty());
            memo.putSet(attributeId, known);
        } else if (known > 0) {
            table.retain(known);
        }
        return known;
    }

    /** The same decision with its reasons; for people. */
    public FilterTrace explain(AddressFamily family, long hi, long lo, int length, int attributeId) {
        List<String> steps = new ArrayList<>();
        int result = run(family, hi, lo, length, attributeId, Optional.of(steps));
        if (result > 0) {
            table.release(result);
        }
        String verdict = result > 0 ? "accepted" : "rejected";
        if (stages.length == 0) {
            return new FilterTrace(true, "accepted: no filter", steps);
        }
        return new FilterTrace(result > 0, verdict + " by filter '" + stages[decidingStage].name + "' "
                + (decidingRule == 0 ? "default" : "rule " + decidingRule) + (failed ? ": its changes cannot be made" : ""), steps);
    }

    private int run(AddressFamily family, long hi, long lo, int length, int attributeId, Optional<List<String>> trace) {
        int id = attributeId;
        table.retain(id);
        failed = false;
        for (int i = 0; i < stages.length; i++) {
            Stage stage = stages[i];
            decidingStage = i;
            decidingRule = 0;
            boolean accepted = stage.acceptsByDefault;
            for (CompiledRule rule : stage.rules) {
                if (!matches(stage, rule, family, hi, lo, length, id, trace)) {
                    continue;
                }
                if (rule.action == Action.REJECT) {
                    decidingRule = rule.number;
                    accepted = false;
                    break;
                }
                int changed = change(rule, family, id);
                table.release(id); // the set that was changed, or the second reference where nothing changed
                id = changed;
                if (id == 0) {
                    decidingRule = rule.number;
                    failed = true;
                    return REJECTED;
                }
                if (rule.action == Action.ACCEPT) {
                    decidingRule = rule.number;
                    accepted = true;
                    break;
                }
            }
            if (decidingRule == 0) {
                boolean byDefault = accepted;
                trace.ifPresent(steps -> steps.add("filter '" + stage.name + "' default: " + (byDefault ? "accept" : "reject")));
            }
            if (!accepted) {
                table.release(id);
                return REJECTED;
            }
        }
        return id;
    }

    private boolean matches(Stage stage, CompiledRule rule, AddressFamily family, long hi, long lo, int length, int id, Optional<List<String>> trace) {
        for (int i = 0; i < rule.conditions.size(); i++) {
            Condition condition = rule.conditions.get(i);
            boolean holds = condition instanceof Condition.ToldBy source ? source.peers() != local : condition.holds(family, hi, lo, length, id);
            if (!holds) {
                trace.ifPresent(steps -> steps.add("filter '" + stage.name + "' rule " + rule.number + ": " + condition.name() + " does not match"));
                return false;
            }
        }
        trace.ifPresent(steps -> steps.add("filter '" + stage.name + "' rule " + rule.number + ": matches"
                + (rule.changes.isEmpty() || rule.action == Action.REJECT ? "" : ", makes " + rule.changes.size() + " change(s)") + ", "
                + rule.action.name().toLowerCase(java.util.Locale.ROOT)));
        return true;
    }

    /** The set that the rule's changes make, with a reference; 0 where they cannot be made. */
    private int change(CompiledRule rule, AddressFamily family, int id) {
        if (rule.changes.isEmpty()) {
            table.retain(id);
            return id;
        }
        int known = rule.memo.getSet(id);
        if (known > 0) {
            table.retain(known);
            return known;
        }
        editor.load(id);
        for (Change change : rule.changes) {
            if (!apply(change, family)) {
                return 0;
            }
        }
        int made = editor.intern();
        if (made > 0) {
            rule.memo.putSet(id, made);
        }
        return made;
    }

    private boolean apply(Change change, AddressFamily family) {
        switch (change) {
            case Change.LocalPreference preference -> editor.setLocalPreference(preference.value());
            case Change.Med med -> med.value().ifPresentOrElse(editor::setMed, editor::removeMed);
            case Change.Prepend prepend -> editor.prepend((int) prepend.as().orElse(context.localAs()).value(), prepend.times());
            case Change.PrependPath path -> path.path().reversed().forEach(as -> editor.prepend((int) as.value(), 1));
            case Change.AddCommunities add -> add.communities().forEach(this::add);
            case Change.RemoveCommunities remove -> remove.patterns().forEach(pattern -> editor.removeCommunities(pattern.kind().ordinal(),
                    pattern.value().hi(), pattern.value().lo(), pattern.mask().hi(), pattern.mask().lo()));
            case Change.ReplaceCommunities replace -> {
                for (CommunityKind kind : CommunityKind.values()) {
                    if (replace.communities().isEmpty() || replace.communities().stream().anyMatch(community -> community.kind() == kind)) {
                        editor.clearCommunities(kind.ordinal());
                    }
                }
                replace.communities().forEach(this::add);
            }
            case Change.NextHop nextHop -> {
                return nextHop(nextHop, family);
            }
            case Change.Origin origin -> editor.setOrigin(origin.code());
        }
        return true;
    }

    private void add(CommunityPattern community) {
        editor.addCommunity(community.kind().ordinal(), community.value().hi(), community.value().lo());
    }

    /** An address of the other family is not for this route: a filter may serve both. */
    private boolean nextHop(Change.NextHop change, AddressFamily family) {
        if (change.address().isPresent()) {
            IpAddress address = change.address().get();
            if (address.family() == family) {
                editor.setNextHop(address);
            }
            return true;
        }
        Optional<IpAddress> own = family == AddressFamily.IPV4 ? context.own4() : context.own6();
        if (own.isEmpty()) {
            return false;
        }
        if (family == AddressFamily.IPV6 && context.ownLinkLocal().isPresent() && !own.get().isLinkLocal()) {
            editor.setNextHop(own.get(), context.ownLinkLocal().get());
        } else {
            editor.setNextHop(own.get());
        }
        return true;
    }
}
