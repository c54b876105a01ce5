package tombolo.policy.core;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.resource.Resource;
import tombolo.api.resource.WorkloadEndpoint;

/** The traits of resources, each kind of them once: of the 100,000 pods of a cluster most are copies of a few thousand, and what their labels and places come to is found and not put together again. */
final class KnownTraits {
    /** Where all are different, nothing is gained by keeping more. */
    private static final int MOST = 8_192;

    private final Map<Said, Traits> known = new HashMap<>();

    /** All that traits are made of. @param labels in order, as a resource's are */
    private record Said(Map<String, String> labels, Optional<String> namespace, Optional<String> orchestrator, Optional<String> account, List<String> profiles) {
        // What records have by themselves is slow until the JVM is warm.

        @Override
        public boolean equals(Object other) {
            return other instanceof Said said && namespace.equals(said.namespace) && account.equals(said.account) && orchestrator.equals(said.orchestrator) && profiles.equals(said.profiles)
                    && same(labels, said.labels);
        }

        private static boolean same(Map<String, String> these, Map<String, String> those) {
            if (these == those) {
                return true;
            }
            if (these.size() != those.size()) {
                return false;
            }
            Iterator<Map.Entry<String, String>> others = those.entrySet().iterator();
            for (Map.Entry<String, String> one : these.entrySet()) {
                Map.Entry<String, String> other = others.next();
                if (!one.getValue().equals(other.getValue()) || !one.getKey().equals(other.getKey())) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int hashCode() {
            return (labels.hashCode() * 31 + namespace.hashCode()) * 31 + account.hashCode();
        }
    }

    /** @param profiles that the resource lists */
    Traits of(Resource resource, List<String> profiles) {
        WorkloadEndpoint workload = resource.spec() instanceof WorkloadEndpoint endpoint ? endpoint : null;
        Said said = new Said(resource.labels(), resource.id().namespace(), workload == null ? Optional.empty() : workload.orchestrator(),
                workload == null ? Optional.empty() : workload.serviceAccountName(), profiles);
        Traits there = known.get(said);
        if (there == null) {
            if (known.size() >= MOST) {
                known.clear();
            }
            there = new Traits(Map.copyOf(Scopes.labels(resource)), List.copyOf(Scopes.parents(resource, profiles)));
            known.put(said, there);
        }
        return there;
    }
}
