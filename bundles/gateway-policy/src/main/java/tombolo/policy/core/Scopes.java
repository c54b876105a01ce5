package tombolo.policy.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyRule.Entity;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.api.selector.Expression;
import tombolo.api.selector.Selector;

/**
 * What namespaces and service accounts add to selectors, and to labels. Source: {@code libcalico-go/lib/backend/syncersv1/updateprocessors}: {@code rules.go},
 * {@code networkpolicyprocessor.go}, {@code globalnetworkpolicyprocessor.go}, {@code networksetprocessor.go}.
 */
final class Scopes {
    static final String NAMESPACE = "projectcalico.org/namespace";
    static final String ACCOUNT = "projectcalico.org/serviceaccount";
    private static final String ORCHESTRATOR = "projectcalico.org/orchestrator";
    private static final String NAMESPACE_LABELS = "pcns.";
    private static final String ACCOUNT_LABELS = "pcsa.";
    private static final String NAMESPACE_PROFILE = "kns.";
    private static final String ACCOUNT_PROFILE = "ksa.";

    private Scopes() { }

    // ---------------------------------------------------------------- selectors

    /** The endpoints of a policy. @param global empty for a policy of a namespace */
    static Selector ofPolicy(ResourceId id, PolicyBody body, Optional<GlobalNetworkPolicy> global) {
        List<Selector> parts = new ArrayList<>();
        parts.add(body.selector());
        id.namespace().ifPresent(namespace -> parts.add(inNamespace(namespace)));
        global.flatMap(GlobalNetworkPolicy::namespaceSelector).ifPresent(selector -> parts.add(ofNamespaces(selector)));
        body.serviceAccountSelector().ifPresent(selector -> parts.add(ofAccounts(selector)));
        return all(parts);
    }

    /** What one end of a rule must be chosen by; empty: anything. @param namespace of the policy, where it has one */
    static Optional<Selector> ofEntity(Entity entity, Optional<String> namespace) {
        List<Selector> parts = new ArrayList<>();
        entity.selector().ifPresent(parts::add);
        entity.serviceAccounts().ifPresent(accounts -> {
            if (!accounts.names().isEmpty()) {
                parts.add(Selector.of(Expression.Member.in(ACCOUNT, accounts.names())));
            }
            accounts.selector().ifPresent(selector -> parts.add(ofAccounts(selector)));
        });
        if (entity.namespaceSelector().isPresent()) {
            parts.add(ofNamespaces(entity.namespaceSelector().get()));
        } else if (namespace.isPresent() && (!parts.isEmpty() || entity.notSelector().isPresent())) {
            parts.add(inNamespace(namespace.get()));
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(all(parts));
    }

    private static Selector inNamespace(String namespace) {
        return Selector.of(new Expression.Compare(NAMESPACE, Expression.Operator.EQUAL, namespace));
    }

    private static Selector ofNamespaces(Selector selector) {
        return switch (selector.expression()) {
            case Expression.All _ -> Selector.of(new Expression.Has(NAMESPACE));
            case Expression.Global _ -> Selector.of(new Expression.Not(new Expression.Has(NAMESPACE)));
            default -> selector.withLabelPrefix(NAMESPACE_LABELS);
        };
    }

    private static Selector ofAccounts(Selector selector) {
        return selector.expression() instanceof Expression.All ? Selector.of(new Expression.Has(ACCOUNT)) : selector.withLabelPrefix(ACCOUNT_LABELS);
    }

    private static Selector all(List<Selector> parts) {
        // all() && x chooses what x does, and x can be found by its labels.
        List<Expression> expressions = parts.stream().map(Selector::expression).filter(each -> !(each instanceof Expression.All)).distinct().toList();
        return expressions.isEmpty() ? Selector.ALL : expressions.size() == 1 ? Selector.of(expressions.getFirst()) : Selector.of(new Expression.And(expressions));
    }

    // ---------------------------------------------------------------- labels

    /** Those of a resource itself, with what its place says of it. */
    static Map<String, String> labels(Resource resource) {
        Map<String, String> labels = new java.util.HashMap<>(resource.labels());
        resource.id().namespace().ifPresent(namespace -> labels.put(NAMESPACE, namespace));
        if (resource.spec() instanceof WorkloadEndpoint endpoint) {
            endpoint.orchestrator().ifPresent(name -> labels.putIfAbsent(ORCHESTRATOR, name));
            endpoint.serviceAccountName().ifPresent(name -> labels.put(ACCOUNT, name));
        }
        return labels;
    }

    /** The profiles whose labels a resource inherits. @param profiles that it lists */
    static List<String> parents(Resource resource, List<String> profiles) {
        List<String> parents = new ArrayList<>(profiles.size() + 2);
        profiles.forEach(profile -> addOnce(parents, profile));
        resource.id().namespace().ifPresent(namespace -> {
            addOnce(parents, namespaceProfile(namespace));
            account(resource).ifPresent(account -> addOnce(parents, ACCOUNT_PROFILE + namespace + "." + account));
        });
        return parents;
    }

    /** There are few. */
    private static void addOnce(List<String> parents, String name) {
        if (!parents.contains(name)) {
            parents.add(name);
        }
    }

    private static Optional<String> account(Resource resource) {
        Optional<String> said = resource.spec() instanceof WorkloadEndpoint endpoint ? endpoint.serviceAccountName() : Optional.empty();
        return said.or(() -> Optional.ofNullable(resource.labels().get(ACCOUNT)));
    }

    static String namespaceProfile(String namespace) {
        return NAMESPACE_PROFILE + namespace;
    }
}
