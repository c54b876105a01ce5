package tombolo.policy.core;

import java.util.ArrayList;
import java.util.List;
import tombolo.api.json.Json;
import tombolo.api.policy.Policies.Enforcement;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

/** Resources as people write them, read by the bundle whose work that is, and the engine of the node {@code here}. */
public final class Cluster {
    public static final Enforcement NOBODY = new Enforcement(false, "not enforced: a test");
    public final PolicyEngine engine = new PolicyEngine("here");
    private long revision;

    /** @param metadata and spec with ' for " */
    public static Resource read(String kind, String metadata, String spec, long revision) {
        String text = "{'apiVersion':'projectcalico.org/v3','kind':'" + kind + "','metadata':{" + metadata + "},'spec':{" + spec + "}}";
        try {
            Decoder.Decoded decoded = Decoder.decode((Json.Obj) JsonText.parse(text.replace('\'', '"').replace('`', '\'')), revision);
            if (!(decoded instanceof Decoder.Decoded.Good(Resource resource, List<String> _))) {
                throw new AssertionError(text + ": " + decoded);
            }
            return resource;
        } catch (JsonText.Malformed e) {
            throw new AssertionError(text, e);
        }
    }

    public Model.Delta put(String kind, String metadata, String spec) {
        return engine.apply(List.of(read(kind, metadata, spec, ++revision)), List.of());
    }

    public Model.Delta remove(ResourceId id) {
        return engine.apply(List.of(), List.of(id));
    }

    /** @param labels such as {@code 'role':'db'} */
    Model.Delta pod(String namespace, String name, String labels, String address) {
        return put("WorkloadEndpoint", "'namespace':'" + namespace + "','name':'here-k8s-" + name + "-eth0','labels':{" + labels + "}",
                "'orchestrator':'k8s','node':'here','pod':'" + name + "','endpoint':'eth0','containerID':'c" + name + "','interfaceName':'cali" + name + "','ipNetworks':['" + address
                        + "/32'],'profiles':['kns." + namespace + "'],'ports':[{'name':'web','protocol':'TCP','port':8080}]");
    }

    public Model.Delta policy(String namespace, String name, String spec) {
        return put("NetworkPolicy", "'namespace':'" + namespace + "','name':'" + name + "'", spec);
    }

    Answers answers() {
        return new Answers(engine, NOBODY);
    }

    /** What each pod of a list may send to each other: {@code a>b TCP 80}. */
    List<String> pairs() {
        List<String> lines = new ArrayList<>();
        answers().pairs(java.util.Optional.empty(), java.util.Optional.empty()).pairs().forEach(pair -> lines.add(pair.from() + ">" + pair.to() + " " + pair.allowed()));
        return lines;
    }
}
