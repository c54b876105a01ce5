package tombolo.resources.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.resource.ResourceCommands.Answer;
import tombolo.api.resource.ResourceId;

class CalicoCommandsTest {
    private static final String POOL = """
            apiVersion: projectcalico.org/v3
            kind: IPPool
            metadata:
              name: pool
            spec:
              cidr: 10.0.0.0/16
              natOutgoing: true
            """;

    @TempDir
    Path directory;
    private TestStore store;
    private StoredResources resources;
    private CalicoCommands commands;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.open(directory.resolve("store"));
        resources = store.resources();
        commands = new CalicoCommands(resources);
    }

    @AfterEach
    void close() {
        resources.close();
        store.close();
    }

    private Answer run(String input, String words) {
        List<String> parts = Arrays.asList(words.split(" "));
        return commands.run(parts.getFirst(), parts.subList(1, parts.size()), new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    }

    private String ok(String input, String words) {
        Answer answer = run(input, words);
        assertEquals(0, answer.exitCode(), answer.error());
        return answer.out();
    }

    private String fails(String input, String words) {
        Answer answer = run(input, words);
        assertEquals(1, answer.exitCode(), answer.out());
        return answer.error();
    }

    @Test
    void theWordsAndAnswersAreCalicoctls() {
        assertEquals("Successfully applied 1 'IPPool' resource(s)\n", ok(POOL, "apply -f -"));
        assertEquals("NAME   CIDR          SELECTOR   \npool   10.0.0.0/16   all()      \n\n", ok("", "get ippool"));
        assertEquals("NAME   CIDR          NAT    IPIPMODE   VXLANMODE   DISABLED   DISABLEBGPEXPORT   ASSIGNMENTMODE   SELECTOR   \n"
                + "pool   10.0.0.0/16   true   Never      Never       false      false              Automatic        all()      \n\n", ok("", "get pools pool --output=wide"));
        assertEquals("Failed to create 'IPPool' resource:\nstandard input, document 1, line 1, IPPool(pool): TMB-RES-012 resource already exists: IPPool(pool).\n", fails(POOL, "create -f -"));
        assertEquals("Successfully created 1 'IPPool' resource(s)\n", ok(POOL, "create --skip-exists -f -"));
        assertEquals("Successfully replaced 1 'IPPool' resource(s)\n", ok(POOL, "replace -f-"));
        assertEquals("Successfully set label a on ippool pool\n", ok("", "label ippool pool a=1"));
        assertEquals("TMB-RES-020 failed to update label of ippool pool, key a is already present. please use '--overwrite' to set a new value.\n", fails("", "label ippool pool a=2"));
        assertEquals("Successfully updated label a on ippool pool\n", ok("", "label ippool pool a=2 --overwrite"));
        assertEquals("Successfully removed label a from ippool pool\n", ok("", "label ippool pool a --remove"));
        assertEquals("TMB-RES-020 cannot remove label of ippool pool, key a does not exist.\n", fails("", "label ippool pool a --remove"));
        assertEquals("Successfully patched 1 'IPPool' resource\n", ok("", "patch ippool pool -p {\"spec\":{\"natOutgoing\":false}}"));
        assertTrue(ok("", "get ippool pool -o wide").contains("false"));
        assertEquals("Successfully patched 1 'IPPool' resource\n", ok("", "patch ippool pool -t json -p [{\"op\":\"add\",\"path\":\"/spec/disabled\",\"value\":true}]"));
        assertEquals("Successfully patched 1 'IPPool' resource\n", ok("", "patch ippool pool -t merge -p {\"spec\":{\"disabled\":null}}"));
        assertEquals("Successfully deleted 1 'IPPool' resource(s)\n", ok("", "delete ippool pool"));
        assertEquals("Failed to delete 'IPPool' resource: TMB-RES-013 resource does not exist: IPPool(pool).\n", fails("", "delete ippool pool"));
        assertEquals("Successfully deleted 1 'IPPool' resource(s)\n", ok("", "delete ippool pool -s"));
        assertEquals("TMB-RES-013 resource does not exist: IPPool(pool).\n", fails("", "get ippool pool"));
        assertEquals("Successfully validated 1 'IPPool' resource(s)\n", ok(POOL, "validate -f -"));
    }

    @Test
    void yamlAndJsonOutputsCanBeAppliedAgain() {
        ok(POOL, "apply -f -");
        String yaml = ok("", "get ippool pool -o yaml");
        assertEquals("""
                apiVersion: projectcalico.org/v3
                kind: IPPool
                metadata:
                  creationTimestamp: "2026-01-02T03:04:05Z"
                  name: pool
                  resourceVersion: "5"
                  uid: 00000000-0000-0001-0000-000000000002
                spec:
                  allowedUses:
                  - Workload
                  - Tunnel
                  assignmentMode: Automatic
                  blockSize: 26
                  cidr: 10.0.0.0/16
                  ipipMode: Never
                  natOutgoing: true
                  nodeSelector: all()
                  vxlanMode: Never
                """, yaml);
        ok(yaml, "apply -f -");
        ok(ok("", "get ippool -o json"), "apply -f -");
        ok(ok("", "get ippool -o yaml"), "replace -f -");
        assertFalse(ok("", "get ippool pool -o yaml --export").contains("uid"));
        assertTrue(ok("", "get ippool -o yaml").contains("kind: IPPoolList"));
    }

    @Test
    void theFirstWriteMakesTheTiersThatAlwaysExist() {
        ok(POOL, "apply -f -");
        assertEquals("NAME            ORDER   \nkube-admin      1000    \ndefault         1e+06   \nkube-baseline   1e+07   \n\n", ok("", "get tiers"));
        assertTrue(fails("", "delete tier default").contains("always exists"));
    }

    @Test
    void templatesAreNotOffered() {
        for (String form : List.of("go-template={{.}}", "go-template-file=x", "custom-columns=NAME")) {
            assertTrue(fails("", "get ippool -o " + form).contains("is not offered"), form);
        }
        assertTrue(fails("", "get ippool -o xml").startsWith("TMB-RES-020 unrecognized output format 'xml'"));
    }

    @Test
    void nothingOfAFileIsWrittenWhereOneDocumentIsBadAndEachProblemHasItsLine() throws Exception {
        Path file = Files.writeString(directory.resolve("two.yaml"), POOL + "---\n" + POOL.replace("name: pool", "name: Other_Pool").replace("10.0.0.0/16", "10.1.0.0/33") + "  blockSize: 5\n  natOutgoin: true\n");
        String error = fails("", "apply -f " + file);
        assertEquals("Failed to apply any 'IPPool' resources; nothing was written:\n"
                + file + ", document 2, line 12, IPPool(Other_Pool): TMB-RES-005 metadata.name is 'Other_Pool': wanted lower case letters, digits, '-' and '.', beginning and ending with a letter or digit.\n"
                + file + ", document 2, line 14, IPPool(Other_Pool): TMB-RES-005 spec.cidr is '10.1.0.0/33': 10.1.0.0/33: the length of an IPv4 prefix is 0 to 32.\n"
                + file + ", document 2, line 17, IPPool(Other_Pool): TMB-RES-009 spec.natOutgoin: there is no such field; did you mean natOutgoing?\n", error);
        assertEquals(0, store.list(KeyPrefix.of("/calico/")).entries().size());
        assertTrue(fails("", "validate -f " + file).startsWith("failed to validate any 'IPPool' resources:\n"));
    }

    @Test
    void whatTheStoreRefusesIsToldBesideWhatWasDone() {
        ok(POOL, "apply -f -");
        Answer answer = run(POOL.replace("name: pool", "name: free").replace("10.0", "10.9") + "---\n" + POOL.replace("name: pool", "name: clash"), "create -f -");
        assertEquals(1, answer.exitCode());
        assertEquals("Partial success: created 1 out of 2 'IPPool' resources\n", answer.out());
        assertEquals("Hit error(s):\nstandard input, document 2, line 14, IPPool(clash): TMB-RES-008 spec.cidr is '10.0.0.0/16': overlaps IPPool(pool) with 10.0.0.0/16.\n", answer.error());
    }

    @Test
    void aDryRunShowsWhatWouldChangeAndWritesNothing() {
        assertEquals("IPPool(pool) would be created\nNothing was written (--dry-run).\n", ok(POOL, "apply --dry-run -f -"));
        assertEquals(0, store.list(KeyPrefix.of("/")).entries().size());
        ok(POOL, "apply -f -");
        assertEquals("IPPool(pool) would change:\n  spec.disabled: (none) → true\n  spec.natOutgoing: true → false\nNothing was written (--dry-run).\n",
                ok(POOL.replace("true", "false") + "  disabled: true\n", "apply --dry-run -f -"));
        assertEquals("IPPool(pool) would not change\nNothing was written (--dry-run).\n", ok(POOL, "apply --dry-run -f -"));
        assertTrue(ok("", "delete ippool pool --dry-run").startsWith("IPPool(pool) would be deleted"));
        assertTrue(ok("", "patch ippool pool --dry-run -p {\"spec\":{\"disabled\":true}}").startsWith("IPPool(pool) would change:\n  spec.disabled: (none) → true"));
        assertTrue(ok("", "get ippool -o wide").contains("true"));
    }

    @Test
    void aFieldThatNobodyKnowsIsKeptWithAWarning() {
        Answer answer = run(POOL + "  newThing: 1\n", "apply -f -");
        assertEquals(0, answer.exitCode());
        assertEquals("Warning: standard input, document 1, line 8, IPPool(pool): the field spec.newThing is not known to this version; it is kept as it is.\n", answer.error());
        assertTrue(ok("", "get ippool pool -o yaml").contains("newThing: 1"));
    }

    @Test
    void whatNoGatewayCanEnforceOfAPolicyIsSaidWhenItIsWritten() {
        String policy = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec:\n  ingress:\n  - action: Allow\n    http: {methods: [GET]}\n  egress:\n"
                + "  - action: Deny\n    destination:\n      services: {name: db}\n";
        Answer answer = run(policy, "apply -f -");
        assertEquals(0, answer.exitCode());
        assertEquals("Warning: standard input, document 1, line 7, NetworkPolicy(shop/web): spec.ingress[0].http cannot be matched: no proxy reads requests on this node; the rule is left out here.\n"
                + "Warning: standard input, document 1, line 11, NetworkPolicy(shop/web): spec.egress[0].destination.services cannot be matched: this node has no source of services; "
                + "the rule denies everything here.\n", answer.error());
        Answer profile = run(policy.replace("kind: NetworkPolicy", "kind: Profile").replace(", namespace: shop", "").replace("{name: db}", "{name: db, namespace: shop}"), "apply -f -");
        assertEquals(answer.error().replace("NetworkPolicy(shop/web)", "Profile(web)"), profile.error());
        Answer refused = run(policy.replace("name: web", "name: \"a\\nb\""), "apply -f -");
        assertEquals(1, refused.exitCode());
        assertEquals(2, refused.error().lines().filter(line -> !line.startsWith("Warning")).count(), refused.error()); // what failed, and why
    }

    @Test
    void whoeverWritesAPolicyOfATierThatDoesNotExistIsToldAndItIsWritten() {
        String policy = "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: security.web}\nspec:\n  tier: security\n  selector: all()\n";
        Answer answer = run(policy, "apply -f -");
        assertEquals(0, answer.exitCode(), answer.error());
        assertEquals("Warning: standard input, document 1, line 5, GlobalNetworkPolicy(security.web): TMB-RES-024 spec.tier: Tier(security) does not exist. Until it does, the policy is asked behind "
                + "all other tiers, and what it does not decide is denied. Create the tier, or name another.\n", answer.error());
        assertTrue(resources.get(ResourceId.of("GlobalNetworkPolicy", "security.web")).isPresent());
        // The order of the documents counts for nothing, and neither does the tier that always exists.
        String tier = "---\napiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: security}\nspec: {order: 10}\n";
        assertEquals("", run(policy + tier, "apply --dry-run -f -").error());
        ok(policy + tier, "apply -f -");
        assertEquals("", run(policy, "apply -f -").error());
        assertEquals("", run(policy.replace("security", "default"), "apply --dry-run -f -").error());
    }

    @Test
    void namespacesAreThoseOfTheWordsOrTheDocument() {
        String policy = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {selector: all(), order: 10}\n";
        ok(policy, "apply -f -");
        ok(policy, "apply -f - -n shop");
        assertEquals("NAME   TIER      \np      default   \n\n", ok("", "get policy"));
        assertEquals("NAMESPACE   NAME   TIER      ORDER   SELECTOR   \ndefault     p      default   10      all()      \nshop        p      default   10      all()      \n\n", ok("", "get np -A -o wide"));
        assertTrue(fails(policy.replace("name: p", "name: p, namespace: a"), "apply -f - -n b").contains("resource namespace does not match client namespace. a != b"));
        assertTrue(fails("", "get ippool -n x").contains("IPPool is not namespaced"));
        assertTrue(fails("", "get np -n x -A").contains("cannot use both"));
        assertEquals(Optional.empty(), resources.get(ResourceId.of("NetworkPolicy", "a", "p")));
    }

    @Test
    void kubernetesDocumentsAreAppliedAndDeletedAsSuch() {
        String policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec:\n  podSelector: {}\n  ingress:\n  - ports: [{port: 99999}]\n  - {}\n";
        Answer answer = run(policy + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n", "apply -f -");
        assertEquals(0, answer.exitCode(), answer.error());
        assertEquals("Successfully applied 2 resource(s)\n", answer.out());
        assertTrue(answer.error().startsWith("Warning: standard input, document 1, line 7, NetworkPolicy(shop/web): spec.ingress[0] is left out"), answer.error());
        assertTrue(ok("", "get np -n shop").contains("knp.default.web"));
        assertTrue(ok("", "get profile").contains("kns.shop"));
        assertTrue(fails("", "delete np knp.default.web -n shop").contains("kubernetes network policies must be managed through the kubernetes API"));
        assertTrue(fails(ok("", "get np -n shop -o yaml"), "apply -f -").contains("TMB-RES-015"));
        assertEquals("Successfully deleted 1 'NetworkPolicy' resource(s)\n", ok(policy, "delete -f -"));
        assertTrue(fails("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n", "apply -f -").contains("TMB-RES-013 no endpoint of this pod"));
    }

    @Test
    void aPodsLabelsReachItsEndpoint() {
        ok("apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: n-k8s-p-eth0, namespace: shop, labels: {old: x}}\n"
                + "spec: {node: n, orchestrator: k8s, pod: p, endpoint: eth0, interfaceName: cali1, ipNetworks: [10.0.0.1/32]}\n", "apply -f -");
        ok("apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {app: web}}\n", "apply -f -");
        assertEquals(Map.of("app", "web", "projectcalico.org/namespace", "shop", "projectcalico.org/orchestrator", "k8s"),
                resources.get(ResourceId.of("WorkloadEndpoint", "shop", "n-k8s-p-eth0")).orElseThrow().labels());
        assertEquals("WORKLOAD   NODE   NETWORKS      INTERFACE   \np          n      10.0.0.1/32   cali1       \n\n", ok("", "get wep -n shop").replaceFirst("NAMESPACE +", "").replaceFirst("(?m)^shop +", ""));
    }

    /** The CNI stores a pod whose name is too long for an endpoint's under its hash, and says so in an annotation. */
    @Test
    void aPodsLabelsReachItsEndpointThatHasAHashForAName() {
        String hash = "x0123456789abcdef0123456789abcdef";
        String pod = "a".repeat(253);
        ok("apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: n-k8s-" + hash + "-eth0, namespace: shop, annotations: {tombolo.io/pod: " + pod + "}}\n"
                + "spec: {node: n, orchestrator: k8s, pod: " + hash + ", endpoint: eth0, interfaceName: cali1, ipNetworks: [10.0.0.1/32]}\n", "apply -f -");
        ok("apiVersion: v1\nkind: Pod\nmetadata: {name: " + pod + ", namespace: shop, labels: {app: web}}\n", "apply -f -");
        assertEquals("web", resources.get(ResourceId.of("WorkloadEndpoint", "shop", "n-k8s-" + hash + "-eth0")).orElseThrow().labels().get("app"));
    }

    @Test
    void wordsThatAreNoCommandAreRefusedWithWhatIsMissing() {
        assertTrue(fails("", "get nonsense").contains("resource type 'nonsense' is not supported"));
        assertTrue(fails("", "apply").contains("apply needs -f FILE"));
        assertTrue(fails("", "apply -f - --wrong").contains("'--wrong' is no option of apply"));
        assertTrue(fails("", "delete ippool").contains("needs a NAME"));
        assertTrue(fails("", "get -f - ippool").contains("not both"));
        assertTrue(fails("", "get -o").contains("needs a value"));
        assertTrue(fails("", "patch ippool x -p {} -t other").contains("strategic, json or merge"));
        assertTrue(fails("", "patch ippool x -p {").contains("the patch is not JSON"));
        assertTrue(fails("", "apply -f -").contains("No resources specified in file -"));
        assertEquals("No resources specified\n", ok("", "apply --skip-empty -f -"));
        assertTrue(fails("", "apply -f - -c other.cfg").contains("the store is the node's own"));
        assertTrue(fails(POOL.replace("IPPool", "ClusterInformation"), "apply -f -").contains("resource is readonly"));
    }

    @Test
    void aStoreThatIsNotThereIsTold() {
        store.gone = true;
        assertTrue(fails("", "get ippool").startsWith("TMB-DST-090 no datastore is running"));
        assertEquals(List.of(), commands.names("ippool"));
    }

    @Test
    void kindsAndNamesAreCompleted() {
        ok(POOL, "apply -f -");
        assertTrue(commands.kinds().containsAll(List.of("ippools", "networkpolicies", "bgppeers")));
        assertEquals(List.of("pool"), commands.names("ipp"));
        assertEquals(List.of(), commands.names("nonsense"));
    }

    // ---------------------------------------------------------------- gateway ctl

    @Test
    void theClientIsAnsweredOverASocketThatOnlyTheOwnerReaches() throws Exception {
        Path folder = directory.resolve("ctl");
        Path file = Files.writeString(directory.resolve("pool.yaml"), POOL);
        try (CtlSocket _ = CtlSocket.open(commands, folder)) {
            Path socket = folder.resolve("ctl.sock");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
            assertEquals(new Answer(0, "Successfully applied 1 'IPPool' resource(s)\n", ""), Ctl.answer(socket, "apply", List.of("-f", file.toString())));
            assertEquals("NAME   CIDR          SELECTOR   \npool   10.0.0.0/16   all()      \n\n", Ctl.answer(socket, "get", List.of("ippool")).out());
            Answer bad = Ctl.answer(socket, "apply", List.of("-f", Files.writeString(directory.resolve("bad.yaml"), POOL.replace("10.0.0.0/16", "nonsense")).toString()));
            assertEquals(1, bad.exitCode());
            assertTrue(bad.error().contains("bad.yaml, document 1, line 6, IPPool(pool): TMB-RES-005 spec.cidr is 'nonsense'"), bad.error());
            List<Thread> clients = new ArrayList<>();
            List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 40; i++) {
                clients.add(Thread.ofVirtual().start(() -> answers.add(Ctl.answer(socket, "get", List.of("ippool")))));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertEquals(40, answers.stream().filter(answer -> answer.exitCode() == 0).count(), answers::toString);
        }
        assertTrue(Ctl.answer(folder.resolve("ctl.sock"), "get", List.of("ippool")).error().startsWith("TMB-RES-022 the node does not answer on "));
        assertEquals(0, Ctl.answer(folder.resolve("ctl.sock"), "validate", List.of("-f", file.toString())).exitCode(), "validate needs no node");
    }

    @Test
    void aQuestionOfGarbageIsNotAnsweredAndTheNextOneIs() throws Exception {
        Path folder = directory.resolve("ctl");
        try (CtlSocket _ = CtlSocket.open(commands, folder)) {
            Path socket = folder.resolve("ctl.sock");
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
                assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
            }
            assertEquals(0, Ctl.answer(socket, "get", List.of("ippool")).exitCode());
        }
    }
}
