package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;

/** The profiles that are there, who of this node names which, and what was told of them. Rules alone: the labels that a profile gives are the indexes' business. */
final class HeldProfiles {
    private static final class Held {
        final Model.Profile rules;
        final boolean good;
        final long revision;
        final Set<SetId> sets = new LinkedHashSet<>();

        Held(Resource resource, Profile profile, List<String> problems) {
            RuleCompiler compiler = new RuleCompiler(Optional.empty(), problems::add);
            this.rules = new Model.Profile(compiler.rules(profile.ingress(), "ingress"), compiler.rules(profile.egress(), "egress"));
            this.good = problems.isEmpty();
            this.revision = resource.revision();
            RuleCompiler.sets(rules.ingress(), sets::add);
            RuleCompiler.sets(rules.egress(), sets::add);
        }
    }

    private final ActiveSets sets;
    private final Map<String, Held> profiles = new HashMap<>();
    private final Map<String, Problem> problems = new TreeMap<>();
    private final Map<String, Set<ResourceId>> users = new HashMap<>();
    private final Map<String, Held> told = new TreeMap<>();
    private final Set<String> dirty = new HashSet<>();

    /** @param sets of which the profiles in use hold theirs */
    HeldProfiles(ActiveSets sets) {
        this.sets = sets;
    }

    /** @return whether another version is in force now */
    boolean put(Resource resource, Profile profile) {
        String name = resource.id().name();
        List<String> wrong = new ArrayList<>();
        Held next = new Held(resource, profile, wrong);
        Held before = profiles.get(name);
        boolean keep = !next.good && before != null && before.good;
        if (wrong.isEmpty()) {
            problems.remove(name);
        } else {
            problems.put(name, new Problem(resource.id(), "TMB-POL-001 " + resource.id() + ": " + String.join("; ", wrong),
                    keep ? "the rules of the last good version, revision " + before.revision : "the rest of it; the rules named fail closed"));
        }
        if (!keep) {
            profiles.put(name, next);
            dirty.add(name);
        }
        return !keep;
    }

    void remove(String name) {
        profiles.remove(name);
        problems.remove(name);
        dirty.add(name);
    }

    boolean contains(String name) {
        return profiles.containsKey(name);
    }

    // ---------------------------------------------------------------- who names them

    void used(List<String> names, ResourceId by) {
        for (String name : names) {
            users.computeIfAbsent(name, _ -> new HashSet<>()).add(by);
            dirty.add(name);
        }
    }

    void left(List<String> names, ResourceId by) {
        for (String name : names) {
            Set<ResourceId> all = users.get(name);
            if (all != null) {
                all.remove(by);
                if (all.isEmpty()) {
                    users.remove(name);
                }
            }
            dirty.add(name);
        }
    }

    /** Local endpoints that name a profile. */
    Collection<ResourceId> users(String name) {
        return users.getOrDefault(name, Set.of());
    }

    // ---------------------------------------------------------------- what came of it

    void flush(Model.Delta delta) {
        dirty.forEach(name -> flush(name, delta));
        dirty.clear();
    }

    private void flush(String name, Model.Delta delta) {
        Held now = users.containsKey(name) ? profiles.get(name) : null;
        Held before = told.get(name);
        if (now == before) {
            return;
        }
        if (now != null) {
            now.sets.forEach(sets::acquire);
            told.put(name, now);
            if (before == null || !before.rules.equals(now.rules)) {
                delta.profiles().put(name, now.rules);
            }
        } else {
            told.remove(name);
            delta.profilesGone().add(name);
        }
        if (before != null) {
            before.sets.forEach(sets::release);
        }
    }

    /** Those that somebody here names and that are there. */
    SortedMap<String, Model.Profile> rules() {
        SortedMap<String, Model.Profile> rules = new TreeMap<>();
        told.forEach((name, held) -> rules.put(name, held.rules));
        return rules;
    }

    Optional<Model.Profile> rules(String name) {
        return Optional.ofNullable(told.get(name)).map(held -> held.rules);
    }

    Collection<Problem> problems() {
        return problems.values();
    }
}
