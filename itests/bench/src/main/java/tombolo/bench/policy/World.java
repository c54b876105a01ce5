package tombolo.bench.policy;

import java.util.ArrayList;
import java.util.List;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

/**
 * A cluster: pods of 100 namespaces and four roles, some of them here; policies of those namespaces, five for each role where there are 2,000, that allow by selector
 * and port; 10,000 networks that a global policy denies.
 *
 * @param local    endpoints of this node
 * @param remote   endpoints of 200 others
 * @param policies of namespaces, two rules each
 * @param protocol of their rules
 */
record World(int local, int remote, int policies, String protocol) {
    static final String NODE = "here";
    private static final int NAMESPACES = 100;
    private static final List<String> ROLES = List.of("web", "db", "cache", "batch");
    private static final int NETS = 10_000;
    /** Networks that one set names. */
    private static final int NETS_IN_SET = 1_000;

    /** A resource as a subscription tells of it. */
    static Resource read(String text) {
        try {
            if (Decoder.decode((Json.Obj) JsonText.parse(text), 1) instanceof Decoder.Decoded.Good(Resource resource, List<String> _)) {
                return resource.spec() instanceof WorkloadEndpoint ? resource.withoutTree() : resource;
            }
            throw new IllegalStateException("not a resource: " + text);
        } catch (JsonText.Malformed e) {
            throw new IllegalStateException(text, e);
        }
    }

    List<Resource> resources() {
        List<Resource> all = new ArrayList<>();
        for (int i = 0; i < local + remote; i++) {
            all.add(read(pod(i, i < local, role(i))));
        }
        for (int i = 0; i < NAMESPACES; i++) {
            all.add(read(document("Profile", "'name':'kns.n" + i + "'", "'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}],'labelsToApply':{'pcns.team':'t" + i % 10 + "'}")));
        }
        for (int i = 0; i < policies; i++) {
            String peer = ROLES.get(i / NAMESPACES / 4 % 4);
            all.add(read(policy(i, "'selector':\"role == '" + ROLES.get(i / NAMESPACES % 4) + "'\",'order':" + i + ",'types':['Ingress'],'ingress':["
                    + rule("role == '" + peer + "'", 80 + i % 100) + "," + rule("role == '" + peer + "' && app == 'a'", 1000 + i) + "]")));
        }
        for (int i = 0; i < NETS / NETS_IN_SET; i++) {
            StringBuilder nets = new StringBuilder();
            for (int j = 0; j < NETS_IN_SET; j++) {
                int net = i * NETS_IN_SET + j;
                nets.append(j == 0 ? "" : ",").append("'172.").append(16 + net / 2048).append('.').append(net / 8 % 256).append('.').append(net % 8 * 32).append("/28'");
            }
            all.add(read(document("GlobalNetworkSet", "'name':'blocked" + i + "','labels':{'blocked':'yes'}", "'nets':[" + nets + "]")));
        }
        all.add(read(document("GlobalNetworkPolicy", "'name':'blocked'", "'tier':'default','order':1,'selector':'all()','types':['Ingress'],'ingress':[{'action':'Deny','source':{'selector':\"blocked == "
                + "'yes'\"}}]")));
        return all;
    }

    private static String role(int pod) {
        return ROLES.get(pod / NAMESPACES % 4);
    }

    static String namespace(int pod) {
        return "n" + pod % NAMESPACES;
    }

    static String pod(int number, boolean local, String role) {
        String namespace = namespace(number);
        String node = local ? NODE : "node" + number % 200;
        return document("WorkloadEndpoint", "'namespace':'" + namespace + "','name':'" + node + "-k8s-pod" + number + "-eth0','labels':{'role':'" + role + "','app':'" + (number % 3 == 0 ? "a" : "b") + "'}",
                "'orchestrator':'k8s','node':'" + node + "','pod':'pod" + number + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'cali" + number + "','ipNetworks':['10."
                        + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255) + "/32'],'profiles':['kns." + namespace + "']");
    }

    /** A policy of every endpoint here. */
    static String everybody(int version) {
        return document("GlobalNetworkPolicy", "'name':'everybody'", "'tier':'default','order':" + version % 2 + ",'selector':'" + (version % 3 == 0 ? "has(role)" : "all()")
                + "','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':\"role == 'web'\"},'destination':{'ports':[" + (8000 + version % 7) + "]}}]");
    }

    static String blocked(int set, String net) {
        return document("GlobalNetworkSet", "'name':'more" + set + "','labels':{'blocked':'yes'}", "'nets':['" + net + "']");
    }

    private static String policy(int number, String spec) {
        String namespace = "n" + number % NAMESPACES;
        return document("NetworkPolicy", "'namespace':'" + namespace + "','name':'p" + number + "'", spec);
    }

    private String rule(String selector, int port) {
        return "{'action':'Allow','protocol':'" + protocol + "','source':{'selector':\"" + selector + "\"},'destination':{'ports':[" + port + "]}}";
    }

    static String document(String kind, String metadata, String spec) {
        // Selectors hold apostrophes: those between real quotes stay.
        StringBuilder out = new StringBuilder();
        String text = "{'apiVersion':'projectcalico.org/v3','kind':'" + kind + "','metadata':{" + metadata + "},'spec':{" + spec + "}}";
        boolean quoted = false;
        for (char c : text.toCharArray()) {
            quoted ^= c == '"';
            out.append(c == '\'' && !quoted ? '"' : c);
        }
        return out.toString();
    }
}
