package tombolo.resources.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchListener;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpamConfiguration;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener.Changes;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources.Problem;
import tombolo.api.resource.Resources.Subscription;
import tombolo.api.resource.Resources.Verb;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.runtime.json.JsonText;

class StoredResourcesTest {
    @TempDir
    Path directory;
    private TestStore store;
    private StoredResources resources;

    @BeforeEach
    void open() throws Exception {
        store = TestStore.open(directory);
        resources = store.resources();
    }

    @AfterEach
    void close() {
        resources.close();
        store.close();
    }

    static Json.Obj json(String text) {
        try {
            return (Json.Obj) JsonText.parse(text.replace('\'', '"'));
        } catch (JsonText.Malformed e) {
            throw new AssertionError(text, e);
        }
    }

    private static Json.Obj pool(String name, String spec) {
        return json("{'apiVersion':'projectcalico.org/v3','kind':'IPPool','metadata':{'name':'" + name + "'},'spec':" + spec + "}");
    }

    private Resource done(WriteOutcome outcome) {
        return assertInstanceOf(WriteOutcome.Done.class, outcome, outcome::toString).resource();
    }

    private Problem refused(WriteOutcome outcome) {
        return assertInstanceOf(WriteOutcome.Refused.class, outcome, outcome::toString).problems().getFirst();
    }

    private void put(String key, String value) {
        store.commit(Transaction.of(new Operation.Put(Key.of(key), Bytes.utf8(value.replace('\'', '"')))));
    }

    private String stored(String key) {
        return store.get(Key.of(key)).orElseThrow().value().asUtf8();
    }

    private static void assertLocked(Executable write) {
        DatastoreException refused = assertThrows(DatastoreException.class, write);
        assertEquals(DatastoreException.Reason.LOCKED, refused.reason());
        assertEquals(DatastoreException.Applied.NO, refused.applied());
        assertTrue(refused.getMessage().startsWith("TMB-DST-060"), refused.getMessage());
    }

    private static Json.Obj workload(String container, String labels) {
        return json("{'apiVersion':'projectcalico.org/v3','kind':'WorkloadEndpoint','metadata':{'name':'n1-cni-" + container + "-eth0','labels':" + labels + "},'spec':{'orchestrator':'cni',"
                + "'node':'n1','containerID':'" + container + "','workload':'" + container + "','endpoint':'eth0','ipNetworks':['10.0.3.5/32'],'profiles':['net'],'interfaceName':'cali1'}}");
    }

    @Test
    void manyAtOnceAreOneTransactionAndEachIsAnsweredAsIfItWereAlone() {
        done(resources.write(Verb.APPLY, workload("c1", "{'role':'db'}")));
        done(resources.write(Verb.APPLY, workload("c2", "{}")));
        List<WriteOutcome> outcomes = resources.writeAll(Verb.APPLY, List.of(workload("c1", "{'role':'db'}"), workload("c2", "{'role':'web'}"), workload("c3", "{'no label':''}"),
                workload("c4", "{}"), workload("c5", "{}")));
        assertFalse(assertInstanceOf(WriteOutcome.Done.class, outcomes.get(0)).changed());
        assertEquals("metadata.labels", refused(outcomes.get(2)).field().substring(0, 15));
        for (int i : List.of(0, 1, 3, 4)) {
            Resource written = done(outcomes.get(i));
            assertEquals(Optional.of(written), resources.get(written.id()));
        }
    }

    @Test
    void manyNewOnesAreOneTransactionAndNothingIsReadForThem() {
        long before = store.commits.get();
        long revision = done(resources.writeAll(Verb.APPLY, List.of(workload("c1", "{}"), workload("c2", "{}"), workload("c3", "{}"))).getLast()).revision();
        assertEquals(before + 1, store.commits.get());
        assertEquals(List.of(revision, revision, revision), resources.list("WorkloadEndpoint", Optional.empty()).stream().map(Resource::revision).toList());
        assertEquals("TMB-RES-013", refused(resources.writeAll(Verb.REPLACE, List.of(workload("c4", "{}"))).getFirst()).message().substring(0, 11));
    }

    /** The second of one resource is the newer: it must be what stays, also where it is what was stored before the first. */
    @Test
    void theLastOfManyWritesOfOneResourceIsWhatStays() {
        done(resources.write(Verb.APPLY, workload("c1", "{'role':'b'}")));
        List<WriteOutcome> outcomes = resources.writeAll(Verb.APPLY, List.of(workload("c1", "{'role':'a'}"), workload("c1", "{'role':'b'}")));
        assertEquals(Optional.of(done(outcomes.get(1))), resources.get(done(outcomes.get(0)).id()));
        assertEquals("b", done(outcomes.get(1)).labels().get("role"));
    }

    @Test
    void whereSomebodyIsInBetweenEachIsWrittenOverWhatIsThereThen() {
        AtomicReference<List<Json.Obj>> others = new AtomicReference<>(List.of(workload("c2", "{'role':'web'}")));
        done(resources.write(Verb.APPLY, workload("c1", "{'role':'old'}")));
        AtomicReference<Integer> commits = new AtomicReference<>(0);
        store.beforeCommit = _ -> {
            if (commits.getAndUpdate(count -> count + 1) == 1) { // the first finds what is there
                others.getAndSet(List.of()).forEach(document -> done(resources.write(Verb.APPLY, document)));
            }
        };
        List<WriteOutcome> outcomes = resources.writeAll(Verb.APPLY, List.of(workload("c1", "{}"), workload("c2", "{'tier':'1'}")));
        assertEquals("n1-cni-c1-eth0", done(outcomes.get(0)).id().name());
        assertEquals("web 1", done(outcomes.get(1)).labels().get("role") + " " + done(outcomes.get(1)).labels().get("tier"));
    }

    @Test
    void kindsWithRulesOfTheirOwnAndASecondWriteOfOneResourceComeInTheirOrder() {
        List<WriteOutcome> outcomes = resources.writeAll(Verb.APPLY, List.of(pool("a", "{'cidr':'10.1.0.0/16'}"), pool("b", "{'cidr':'10.1.2.0/24'}"), workload("c1", "{'role':'a'}"),
                workload("c1", "{'role':'b'}")));
        done(outcomes.get(0));
        assertTrue(refused(outcomes.get(1)).message().contains("overlaps"));
        assertEquals("b", done(outcomes.get(3)).labels().get("role"));
        assertEquals(Optional.of(done(outcomes.get(3))), resources.get(done(outcomes.get(2)).id()));
    }

    /** Whoever hears NO believes that nothing is there, and would never take back what is. */
    @Test
    void whereTheStoreFailsBehindTheFirstOnesNobodyIsToldThatNothingWasWritten() {
        store.beforeCommit = transaction -> store.failing = transaction.then().stream().anyMatch(step -> step.key().text().contains("ippools"));
        DatastoreException failed = assertThrows(DatastoreException.class, () -> resources.writeAll(Verb.APPLY, List.of(workload("c1", "{}"), pool("a", "{'cidr':'10.1.0.0/16'}"))));
        assertEquals(DatastoreException.Applied.UNKNOWN, failed.applied());
        store.failing = false;
        store.beforeCommit = _ -> store.failing = true;
        assertEquals(DatastoreException.Applied.NO, assertThrows(DatastoreException.class, () -> resources.writeAll(Verb.APPLY, List.of(workload("c2", "{}")))).applied());
        store.failing = false;
        assertEquals(List.of("n1-cni-c1-eth0"), resources.list("WorkloadEndpoint", Optional.empty()).stream().map(each -> each.id().name()).toList());
    }

    @Test
    void whileTheStoreIsLockedNoneOfManyIsWritten() {
        done(resources.write(Verb.APPLY, json("{'apiVersion':'projectcalico.org/v3','kind':'ClusterInformation','metadata':{'name':'default'},'spec':{'datastoreReady':false}}")));
        assertLocked(() -> resources.writeAll(Verb.APPLY, List.of(workload("c1", "{}"), workload("c2", "{}"))));
        assertEquals(List.of(), resources.list("WorkloadEndpoint", Optional.empty()));
    }

    /** What a new resource is answered with is not read back: it must be what a reader sees. */
    @Test
    void aNewResourceIsAnsweredAsItIsRead() {
        for (Json.Obj document : List.of(workload("c1", "{'role':'db'}"), pool("p", "{'cidr':'10.1.0.0/16'}"), json("{'apiVersion':'projectcalico.org/v3','kind':'Tier','metadata':{'name':'t'},"
                + "'spec':{'order':7}}"))) {
            Resource answered = done(resources.write(Verb.APPLY, document));
            assertEquals(resources.get(answered.id()).orElseThrow(), answered);
        }
    }

    @Test
    void whatTheCallerWroteIsWithdrawnWithoutALookAndOnlyAsItWasWritten() {
        Resource first = done(resources.write(Verb.APPLY, workload("c1", "{}")));
        Resource second = done(resources.write(Verb.APPLY, workload("c1", "{'role':'db'}")));
        assertFalse(resources.withdraw(first.id(), first.revision()), "it was changed since");
        assertEquals(second, resources.get(first.id()).orElseThrow());
        long before = store.commits.get();
        assertTrue(resources.withdraw(second.id(), second.revision()));
        assertEquals(before + 1, store.commits.get());
        assertEquals(Optional.empty(), resources.get(second.id()));
        assertFalse(resources.withdraw(second.id(), second.revision()), "it is not there");
    }

    @Test
    void whatHasRulesAboutItsEndIsNotWithdrawn() {
        Resource pool = done(resources.write(Verb.APPLY, pool("p", "{'cidr':'10.1.0.0/16'}")));
        Resource tier = done(resources.write(Verb.APPLY, json("{'apiVersion':'projectcalico.org/v3','kind':'Tier','metadata':{'name':'t'},'spec':{'order':7}}")));
        assertFalse(resources.withdraw(pool.id(), pool.revision()) || resources.withdraw(tier.id(), tier.revision()));
        assertTrue(resources.get(pool.id()).isPresent() && resources.get(tier.id()).isPresent());
    }

    @Test
    void aLockedDatastoreTakesNoWriteButThatOfTheLock() {
        Json.Obj locked = json("{'apiVersion':'projectcalico.org/v3','kind':'ClusterInformation','metadata':{'name':'default'},'spec':{'datastoreReady':false}}");
        done(resources.write(Verb.APPLY, pool("kept", "{'cidr':'10.1.0.0/16'}")));
        done(resources.write(Verb.APPLY, locked));
        long before = store.commits.get();
        assertLocked(() -> resources.write(Verb.APPLY, pool("new", "{'cidr':'10.2.0.0/16'}")));
        assertLocked(() -> resources.delete(ResourceId.of("IPPool", "kept"), Optional.empty()));
        assertLocked(() -> resources.withdraw(ResourceId.of("WorkloadEndpoint", "default", "n1-cni-c1-eth0"), 1));
        assertEquals(before, store.commits.get());
        // the lock is closed between the look at it and the write
        done(resources.write(Verb.APPLY, json("{'apiVersion':'projectcalico.org/v3','kind':'ClusterInformation','metadata':{'name':'default'},'spec':{'datastoreReady':true}}")));
        store.beforeCommit = _ -> {
            store.beforeCommit = _ -> { };
            done(resources.write(Verb.APPLY, locked));
        };
        assertLocked(() -> resources.write(Verb.APPLY, pool("new", "{'cidr':'10.2.0.0/16'}")));
        assertEquals(List.of("kept"), resources.list("IPPool", Optional.empty()).stream().map(each -> each.id().name()).toList());
    }

    @Test
    void aResourceIsStoredAtCalicosKeyAsCalicoWritesIt() {
        Resource pool = done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        assertEquals("{\"apiVersion\":\"projectcalico.org/v3\",\"kind\":\"IPPool\",\"metadata\":{\"name\":\"p\",\"uid\":\"00000000-0000-0001-0000-000000000002\","
                + "\"creationTimestamp\":\"2026-01-02T03:04:05Z\"},\"spec\":{\"cidr\":\"10.0.0.0/16\",\"blockSize\":26,\"ipipMode\":\"Never\",\"vxlanMode\":\"Never\",\"nodeSelector\":\"all()\","
                + "\"allowedUses\":[\"Workload\",\"Tunnel\"],\"assignmentMode\":\"Automatic\"}}", stored("/calico/resources/v3/projectcalico.org/ippools/p"));
        assertEquals(store.get(Key.of("/calico/resources/v3/projectcalico.org/ippools/p")).orElseThrow().modRevision(), pool.revision());
        assertEquals(Long.toString(pool.revision()), pool.tree().object("metadata").orElseThrow().text("resourceVersion").orElseThrow());
        assertEquals(Optional.of(pool), resources.get(ResourceId.of("IPPool", "p")));
        done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'NetworkSet','metadata':{'name':'s','namespace':'shop'},'spec':{'nets':['10.0.0.0/8']}}")));
        assertTrue(stored("/calico/resources/v3/projectcalico.org/networksets/shop/s").contains("NetworkSet"));
    }

    @Test
    void creatingTwiceAndReplacingNothingAreRefused() {
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        assertEquals("TMB-RES-012 resource already exists: IPPool(p).", refused(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}"))).message());
        assertEquals("TMB-RES-013 resource does not exist: IPPool(q).", refused(resources.write(Verb.REPLACE, pool("q", "{'cidr':'10.1.0.0/16'}"))).message());
        assertEquals("TMB-RES-013 resource does not exist: IPPool(q).", refused(resources.delete(ResourceId.of("IPPool", "q"), Optional.empty())).message());
    }

    @Test
    void ofTwoWritersWithTheSameRevisionTheSecondIsRefusedAndNothingIsLost() {
        Resource read = done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        Json.Obj spec = read.tree().object("spec").orElseThrow();
        Resource first = done(resources.write(Verb.REPLACE, read.tree().with("spec", spec.with("natOutgoing", true))));
        Problem problem = refused(resources.write(Verb.REPLACE, read.tree().with("spec", spec.with("disabled", true))));
        assertTrue(problem.message().startsWith("TMB-RES-014 update conflict: IPPool(p): resource version '" + read.revision() + "' is out of date (latest: " + first.revision() + ")"), problem.message());
        IpPool now = (IpPool) resources.get(read.id()).orElseThrow().spec();
        assertTrue(now.natOutgoing());
        assertFalse(now.disabled());
        assertTrue(refused(resources.delete(read.id(), Optional.of(read.revision()))).message().startsWith("TMB-RES-014"));
    }

    @Test
    void applyWinsWhereAnotherWriterIsFasterInBetween() {
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        AtomicReference<Runnable> once = new AtomicReference<>(() -> done(store.resources().write(Verb.APPLY, pool("p", "{'cidr':'10.0.0.0/16','natOutgoing':true}"))));
        store.beforeCommit = _ -> Optional.ofNullable(once.getAndSet(null)).ifPresent(Runnable::run);
        done(resources.write(Verb.APPLY, pool("p", "{'cidr':'10.0.0.0/16','disabled':true}")));
        assertTrue(((IpPool) resources.get(ResourceId.of("IPPool", "p")).orElseThrow().spec()).disabled());
    }

    @Test
    void applyingTheSameTwiceWritesOnce() {
        done(resources.write(Verb.APPLY, pool("p", "{'cidr':'10.0.0.0/16'}")));
        long before = store.commits.get();
        WriteOutcome.Done again = assertInstanceOf(WriteOutcome.Done.class, resources.write(Verb.APPLY, pool("p", "{'cidr':'10.0.0.0/16'}")));
        assertFalse(again.changed());
        assertEquals(before, store.commits.get());
    }

    @Test
    void applyAddsLabelsAndReplaceTakesThemAsTheyAre() {
        done(resources.write(Verb.APPLY, json("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'n','labels':{'a':'1'}},'spec':{}}")));
        Resource both = done(resources.write(Verb.APPLY, json("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'n','labels':{'b':'2'}},'spec':{}}")));
        assertEquals(Set.of("a", "b"), both.labels().keySet());
        Resource one = done(resources.write(Verb.REPLACE, json("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'n','labels':{'b':'2'}},'spec':{}}")));
        assertEquals(Set.of("b"), one.labels().keySet());
    }

    @Test
    void whatAnotherProgramWroteSurvivesAReadModifyWrite() {
        put("/calico/resources/v3/projectcalico.org/ippools/p", "{'kind':'IPPool','apiVersion':'projectcalico.org/v3','metadata':{'name':'p','uid':'u','creationTimestamp':'2020-01-01T00:00:00Z',"
                + "'managedFields':[{'manager':'x'}]},'spec':{'cidr':'10.0.0.0/16','newerField':{'deep':[1,2.50]}},'status':{'conditions':[{'type':'Allocatable'}]}}");
        Resource read = resources.get(ResourceId.of("IPPool", "p")).orElseThrow();
        done(resources.write(Verb.REPLACE, read.tree().with("spec", read.tree().object("spec").orElseThrow().with("natOutgoing", true)).without("status")));
        String stored = stored("/calico/resources/v3/projectcalico.org/ippools/p");
        assertTrue(stored.contains("\"newerField\":{\"deep\":[1,2.50]}"), stored);
        assertTrue(stored.contains("\"uid\":\"u\",\"creationTimestamp\":\"2020-01-01T00:00:00Z\",\"managedFields\":[{\"manager\":\"x\"}]"), stored);
        assertTrue(stored.contains("\"status\":{\"conditions\":[{\"type\":\"Allocatable\"}]}"), stored);
        assertTrue(stored.contains("\"natOutgoing\":true"), stored);
        assertFalse(stored.contains("resourceVersion"), stored);
    }

    @Test
    void aKindThatNobodyKnowsSurvivesAReadModifyWriteAndIsNotMade() {
        put("/calico/resources/v3/projectcalico.org/quantumpolicies/q", "{'kind':'QuantumPolicy','apiVersion':'projectcalico.org/v3','metadata':{'name':'q'},'spec':{'spin':'up'}}");
        Resource read = resources.list("QuantumPolicy", Optional.empty()).getFirst();
        assertInstanceOf(ResourceSpec.Unknown.class, read.spec());
        done(resources.write(Verb.REPLACE, read.tree().with("spec", json("{'spin':'down'}"))));
        assertTrue(stored("/calico/resources/v3/projectcalico.org/quantumpolicies/q").contains("\"spec\":{\"spin\":\"down\"}"));
        assertTrue(refused(resources.write(Verb.REPLACE, read.tree())).message().startsWith("TMB-RES-014"), "the revision that was read is old now");
        assertTrue(refused(resources.write(Verb.CREATE, json("{'kind':'QuantumPolicy','apiVersion':'projectcalico.org/v3','metadata':{'name':'r'}}"))).message().startsWith("TMB-RES-011"));
    }

    // ---------------------------------------------------------------- pools

    @Test
    void aPoolInForbiddenSpaceIsRefusedUnlessItIsDisabled() {
        store.forbidden.add(range -> range.covers(Prefix.parse("10.240.0.0/16")) || Prefix.parse("10.240.0.0/16").covers(range) ? Optional.of("TMB-AZC-030 " + range + " is a VNET's.") : Optional.empty());
        assertEquals("TMB-AZC-030 10.240.8.0/21 is a VNET's.", refused(resources.write(Verb.CREATE, pool("v", "{'cidr':'10.240.8.0/21'}"))).message());
        assertEquals("TMB-AZC-030 10.0.0.0/8 is a VNET's.", refused(resources.write(Verb.CREATE, pool("v", "{'cidr':'10.0.0.0/8'}"))).message());
        done(resources.write(Verb.CREATE, pool("edge", "{'cidr':'10.241.0.0/16'}")));
        done(resources.write(Verb.CREATE, pool("v", "{'cidr':'10.240.8.0/21','disabled':true}")));
        assertEquals("TMB-AZC-030 10.240.8.0/21 is a VNET's.", refused(resources.write(Verb.APPLY, pool("v", "{'cidr':'10.240.8.0/21','disabled':false}"))).message());
    }

    @Test
    void overlappingPoolsAreRefusedAlsoWhereTheyAreMadeAtOnce() {
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        assertEquals("TMB-RES-008 spec.cidr is '10.0.128.0/17': overlaps IPPool(p) with 10.0.0.0/16.", refused(resources.write(Verb.CREATE, pool("q", "{'cidr':'10.0.128.0/17'}"))).message());
        AtomicReference<Runnable> once = new AtomicReference<>(() -> done(store.resources().write(Verb.CREATE, pool("first", "{'cidr':'10.8.0.0/16'}"))));
        store.beforeCommit = _ -> Optional.ofNullable(once.getAndSet(null)).ifPresent(Runnable::run);
        assertTrue(refused(resources.write(Verb.CREATE, pool("second", "{'cidr':'10.8.0.0/14'}"))).message().startsWith("TMB-RES-008"));
        assertEquals(List.of("first", "p"), resources.list("IPPool", Optional.empty()).stream().map(each -> each.id().name()).toList());
    }

    @Test
    void anEditThatWouldStrandAddressesIsRefusedWithTheirNumber() {
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        assertTrue(refused(resources.write(Verb.APPLY, pool("p", "{'cidr':'10.1.0.0/16'}"))).message().startsWith("TMB-RES-007 spec.cidr is '10.1.0.0/16', was 10.0.0.0/16: cannot be changed"));
        put("/calico/ipam/v2/assignment/ipv4/block/10.0.3.0-26", "{'cidr':'10.0.3.0/26','affinity':'host:n','allocations':[0,null,0],'unallocated':[1],'attributes':[]}");
        assertTrue(refused(resources.write(Verb.APPLY, pool("p", "{'cidr':'10.1.0.0/16'}"))).message().startsWith("TMB-RES-016 spec.cidr is '10.1.0.0/16', was 10.0.0.0/16: would strand 2 addresses"));
        assertEquals("spec.blockSize", refused(resources.write(Verb.APPLY, pool("p", "{'cidr':'10.0.0.0/16','blockSize':28}"))).field());
        assertTrue(stored("/calico/resources/v3/projectcalico.org/ippools/p").contains("10.0.0.0/16"));
    }

    @Test
    void aPoolOverBlocksOfAnotherSizeIsRefused() {
        put("/calico/ipam/v2/assignment/ipv4/block/10.0.3.0-26", "{'cidr':'10.0.3.0/26','affinity':'host:n','allocations':[],'unallocated':[],'attributes':[]}");
        assertEquals("spec.blockSize", refused(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16','blockSize':28}"))).field());
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
    }

    @Test
    void aPoolIsDisabledAndItsBlocksGivenBackBeforeItIsDeleted() {
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        put("/calico/ipam/v2/host/n1/ipv4/block/10.0.3.0-26", "{'state':'confirmed','deleted':'false'}");
        put("/calico/ipam/v2/host/n2/ipv4/block/10.9.3.0-26", "{'state':'confirmed','deleted':'false'}");
        put("/calico/ipam/v2/virtual/load-balancer/ipv4/block/10.0.4.0-26", "{'state':'confirmed'}");
        List<String> order = new CopyOnWriteArrayList<>();
        store.beforeCommit = transaction -> transaction.then().forEach(step -> order.add(step.getClass().getSimpleName()
                + (step instanceof Operation.Put put ? put.value().asUtf8().contains("\"disabled\":true") : "")));
        done(resources.delete(ResourceId.of("IPPool", "p"), Optional.empty()));
        assertEquals(List.of("Puttrue", "Delete"), order);
        assertEquals(List.of("host:n1 10.0.3.0/26", "virtual:load-balancer 10.0.4.0/26"), store.released);
        assertEquals(Optional.empty(), resources.get(ResourceId.of("IPPool", "p")));
    }

    @Test
    void aPoolIsSplitAtOnceAndItsBlocksKeepTheirOwners() {
        Resource old = done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        put("/calico/ipam/v2/host/n1/ipv4/block/10.0.3.0-26", "{'state':'confirmed','deleted':'false'}");
        put("/calico/ipam/v2/assignment/ipv4/block/10.0.3.0-26", "{'cidr':'10.0.3.0/26','affinity':'host:n1','allocations':[0],'unallocated':[],'attributes':[]}");
        List<Json.Obj> outside = List.of(pool("a", "{'cidr':'10.0.0.0/17'}"), pool("b", "{'cidr':'10.1.0.0/17'}"));
        assertTrue(refused(resources.split(old.id(), old.revision(), outside)).message().startsWith("TMB-RES-006 IPPool(b)"));
        List<Json.Obj> parts = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            parts.add(pool("split-" + i, "{'cidr':'10.0." + i + ".0/24'}"));
        }
        done(resources.split(old.id(), old.revision(), parts));
        assertEquals(256, resources.list("IPPool", Optional.empty()).size());
        assertEquals(List.of(), store.released);
        assertEquals(Optional.empty(), resources.get(old.id()));
        assertTrue(refused(resources.split(old.id(), old.revision(), parts)).message().startsWith("TMB-RES-013"));
    }

    // ---------------------------------------------------------------- other rules

    @Test
    void aTierWithPoliciesStays() {
        done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'Tier','metadata':{'name':'t'},'spec':{'order':5}}")));
        done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'GlobalNetworkPolicy','metadata':{'name':'g'},'spec':{'tier':'t'}}")));
        assertTrue(refused(resources.delete(ResourceId.of("Tier", "t"), Optional.empty())).message().contains("GlobalNetworkPolicy(g)"));
        done(resources.delete(ResourceId.of("GlobalNetworkPolicy", "g"), Optional.empty()));
        done(resources.delete(ResourceId.of("Tier", "t"), Optional.empty()));
        assertTrue(refused(resources.delete(ResourceId.of("Tier", "default"), Optional.empty())).message().startsWith("TMB-RES-015"));
    }

    @Test
    void ipamsConfigurationLivesAtItsOwnKeyInItsOwnWords() {
        put("/calico/ipam/v2/config", "{'strict_affinity':true,'newer':1}");
        IpamConfiguration read = (IpamConfiguration) resources.get(ResourceId.of("IPAMConfiguration", "default")).orElseThrow().spec();
        assertTrue(read.strictAffinity());
        assertFalse(read.autoAllocateBlocks(), "left out is false, as Go writes it");
        Resource resource = resources.get(ResourceId.of("IPAMConfiguration", "default")).orElseThrow();
        done(resources.write(Verb.REPLACE, resource.tree().with("spec", resource.tree().object("spec").orElseThrow().with("autoAllocateBlocks", true).with("maxBlocksPerHost", 4))));
        assertEquals("{\"strict_affinity\":true,\"newer\":1,\"auto_allocate_blocks\":true,\"maxBlocksPerHost\":4}", stored("/calico/ipam/v2/config"));
    }

    @Test
    void ipamsOwnObjectsCanBeSeenAndNotWritten() {
        put("/calico/ipam/v2/host/n1/ipv6/block/fd00::-122", "{'state':'pending','deleted':'false'}");
        put("/calico/ipam/v2/handle/net.abc", "{'block':{'10.0.3.0/26':1},'deleted':false}");
        assertEquals("n1-fd00---122", resources.list("BlockAffinity", Optional.empty()).getFirst().id().name());
        assertEquals("net.abc", resources.list("IPAMHandle", Optional.empty()).getFirst().id().name());
        assertTrue(refused(resources.write(Verb.APPLY, json("{'apiVersion':'projectcalico.org/v3','kind':'IPAMHandle','metadata':{'name':'x'},'spec':{}}"))).message().startsWith("TMB-RES-015"));
    }

    @Test
    void kubernetesPoliciesAreWrittenAsCalicosControllersWriteThem() {
        Resource policy = done(resources.write(Verb.APPLY, json("{'apiVersion':'networking.k8s.io/v1','kind':'NetworkPolicy','metadata':{'name':'web','namespace':'shop'},'spec':{'podSelector':{}}}")));
        assertEquals(ResourceId.of("NetworkPolicy", "shop", "knp.default.web"), policy.id());
    }

    @Test
    void aResourceThatIsTooLargeForTheStoreIsRefused() {
        StringBuilder nets = new StringBuilder("'10.0.0.0/8'");
        for (int i = 0; i < 80_000; i++) {
            nets.append(",'10.").append(i >> 16).append('.').append(i >> 8 & 255).append('.').append(i & 255).append("/32'");
        }
        assertTrue(refused(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'GlobalNetworkSet','metadata':{'name':'s'},'spec':{'nets':[" + nets + "]}}")))
                .message().startsWith("TMB-RES-017"));
        assertEquals(0, store.list(KeyPrefix.of("/calico/")).entries().size());
    }

    @Test
    void withoutAStoreEveryCallSaysSo() {
        store.gone = true;
        assertTrue(assertThrows(DatastoreException.class, () -> resources.list("IPPool", Optional.empty())).getMessage().startsWith("TMB-DST-090"));
    }

    // ---------------------------------------------------------------- subscriptions

    private static Changes next(BlockingQueue<Changes> heard) throws InterruptedException {
        Changes changes = heard.poll(60, TimeUnit.SECONDS);
        assertTrue(changes != null, "nothing was told in 60 s");
        return changes;
    }

    /** The newest watch; it begins just behind the first step. */
    private WatchListener watch() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (store.listeners.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(5_000_000);
        }
        return store.listeners.getLast();
    }

    private static List<String> names(Changes changes) {
        return changes.puts().stream().map(each -> each.id().toString()).sorted().toList();
    }

    @Test
    void aSubscriptionTellsAllFirstThenEveryChange() throws Exception {
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        BlockingQueue<Changes> heard = new LinkedBlockingQueue<>();
        try (Subscription _ = resources.subscribe(Set.of("IPPool", "Tier", "IPAMConfiguration"), heard::add)) {
            Changes first = next(heard);
            assertTrue(first.complete());
            assertEquals(List.of("IPPool(p)"), names(first));
            done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'Tier','metadata':{'name':'t'},'spec':{}}")));
            assertEquals(List.of("Tier(t)"), names(next(heard)));
            done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'n'},'spec':{}}")));
            done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'IPAMConfiguration','metadata':{'name':'default'},'spec':{'strictAffinity':true}}")));
            assertEquals(List.of("IPAMConfiguration(default)"), names(next(heard)));
            done(resources.delete(ResourceId.of("Tier", "t"), Optional.empty()));
            assertEquals(List.of(ResourceId.of("Tier", "t")), next(heard).deletes());
        }
        done(resources.write(Verb.CREATE, json("{'apiVersion':'projectcalico.org/v3','kind':'Tier','metadata':{'name':'u'},'spec':{}}")));
        assertTrue(heard.isEmpty(), "nothing is told after close");
    }

    @Test
    void aPreviewIsWhatASubscriptionTellsOnceItIsWritten() throws Exception {
        Json.Obj document = json("{'apiVersion':'projectcalico.org/v3','kind':'WorkloadEndpoint','metadata':{'name':'n-k8s-p-eth0','namespace':'shop','labels':{'role':'web'}},"
                + "'spec':{'node':'n','orchestrator':'k8s','pod':'p','endpoint':'eth0','containerID':'c1','ipNetworks':['10.0.0.1/32'],'profiles':['kns.shop'],'interfaceName':'cali1',"
                + "'allowSpoofedSourcePrefixes':['10.9.0.0/16']}}");
        Resource preview = resources.preview(document).orElseThrow();
        assertEquals(0, preview.revision());
        assertEquals(Optional.empty(), resources.get(preview.id()), "nothing is written");
        BlockingQueue<Changes> heard = new LinkedBlockingQueue<>();
        try (Subscription _ = resources.subscribe(Set.of("WorkloadEndpoint"), heard::add)) {
            assertTrue(next(heard).complete());
            done(resources.write(Verb.APPLY, document));
            Resource told = next(heard).puts().getFirst();
            assertEquals(new Resource(preview.id(), preview.labels(), preview.spec(), Json.Obj.EMPTY, told.revision()), told, "and without its document");
        }
        assertEquals(Optional.empty(), resources.preview(pool("bad", "{'cidr':'nonsense'}")));
    }

    @Test
    void whatIsStoredInvalidIsLeftOutAndItsLastValidVersionStays() throws Exception {
        put("/calico/resources/v3/projectcalico.org/ippools/bad", "{'kind':'IPPool','apiVersion':'projectcalico.org/v3','metadata':{'name':'bad'},'spec':{'cidr':'x'}}");
        put("/calico/resources/v3/projectcalico.org/ippools/broken", "{");
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        BlockingQueue<Changes> heard = new LinkedBlockingQueue<>();
        try (Subscription _ = resources.subscribe(Set.of("IPPool"), heard::add)) {
            assertEquals(List.of("IPPool(p)"), names(next(heard)));
            put("/calico/resources/v3/projectcalico.org/ippools/p", "{'kind':'IPPool','apiVersion':'projectcalico.org/v3','metadata':{'name':'p'},'spec':{'cidr':'10.0.0.0/16','blockSize':5}}");
            watch().ended(new WatchEnd.Compacted(1));
            Changes relisted = next(heard);
            assertTrue(relisted.complete());
            assertEquals(List.of("IPPool(p)"), names(relisted));
            assertEquals(26, ((IpPool) relisted.puts().getFirst().spec()).blockSize());
            assertInstanceOf(ResourceSpec.Unknown.class, resources.get(ResourceId.of("IPPool", "p")).orElseThrow().spec());
        }
    }

    @Test
    void aLostWatchAFailingStoreAndAnotherStoreEndInACompleteList() throws Exception {
        BlockingQueue<Changes> heard = new LinkedBlockingQueue<>();
        try (Subscription _ = resources.subscribe(Set.of("IPPool"), heard::add)) {
            assertEquals(List.of(), names(next(heard)));
            store.failing = true;
            watch().ended(new WatchEnd.Failed("TMB-DST-099 the test ends the watch."));
            store.failing = false;
            done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
            Changes changes = next(heard);
            while (!names(changes).equals(List.of("IPPool(p)"))) {
                changes = next(heard);
            }
            store.gone = true;
            resources.datastoreChanged();
            store.gone = false;
            resources.datastoreChanged();
            Changes again = next(heard);
            assertTrue(again.complete());
            assertEquals(List.of("IPPool(p)"), names(again));
        }
    }

    @Test
    void aListenerMayCloseItsOwnSubscriptionAndIsNotCalledAgain() throws Exception {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        BlockingQueue<Changes> heard = new LinkedBlockingQueue<>();
        CountDownLatch ready = new CountDownLatch(1);
        subscription.set(resources.subscribe(Set.of("IPPool"), changes -> {
            try {
                ready.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            subscription.get().close();
            heard.add(changes);
        }));
        ready.countDown();
        next(heard);
        done(resources.write(Verb.CREATE, pool("p", "{'cidr':'10.0.0.0/16'}")));
        assertTrue(heard.isEmpty());
    }
}
