package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceCommands;
import tombolo.api.resource.ResourceId;
import tombolo.runtime.json.JsonText;

/** What the commands about policy say; above all, that nothing is enforced where nothing is. */
class PolicyViewsTest {
    private static final Policies.Enforcement NOBODY = new Policies.Enforcement(false, "not enforced: no writer");
    private static final ResourceId POLICY = ResourceId.of("NetworkPolicy", "web", "allow-http");
    private static final Services SERVICES = services(new One());

    private static Services services(Policies policies) {
        return new Services() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Optional<T> find(Class<T> service) {
                return service == Policies.class ? (Optional<T>) Optional.of(policies) : service == ResourceCommands.class ? (Optional<T>) Optional.of(new Files()) : Optional.empty();
            }
        };
    }

    private static class One implements Policies {
        @Override
        public Status status() {
            return new Status(Optional.of("node-1"), true, NOBODY, 2, 5, 1, 1, 3, List.of(new Problem(POLICY, "TMB-POL-001 no proxy", "the last good version, revision 7")),
                    List.of(new Closed("azv*", false, "no container has been added", List.of(), 0), new Closed("cali*", true, "interfacePrefix", List.of("cali7", "cali8"), 3)));
        }

        @Override
        public List<String> endpoints() {
            return List.of("web/shop");
        }

        @Override
        public Shown show(String endpoint) {
            PolicyView view = new PolicyView(POLICY, OptionalDouble.of(10), "role == \"web\"", false, List.of("1: allow TCP to port 80", "2: deny"));
            return new Shown("web/shop", Optional.of("cali1"), List.of("10.0.0.1"), new TreeMap<>(java.util.Map.of("role", "web")),
                    List.of(new TierView("default", OptionalDouble.of(1_000_000), "deny", List.of(view), List.of())), List.of("kns.web"), NOBODY);
        }

        @Override
        public Explanation explain(Question question) {
            if (question.from().equals("nobody")) {
                throw new IllegalArgumentException("TMB-POL-010 'nobody' is no endpoint of this node");
            }
            return new Explanation(question.from(), question.to(), question.protocol() + " " + question.port().orElse(0), false,
                    List.of(new End("web/shop", Direction.INGRESS, "deny", List.of(new Step("default", Optional.of("NetworkPolicy(web/allow-http)"), 2, "denies")))), Optional.of(true), NOBODY);
        }

        @Override
        public Probed probe(Question question) {
            return new Probed(explain(question), Optional.of(true), List.of(new ProbeStep("inet tombolo", "policy-forward", "to endpoints", "jump policy-i-1"), new ProbeStep("ip docker", "FORWARD", "",
                    "accept")), "the packet went through all rules; the model says deny", false);
        }

        @Override
        public Pairs pairs(Optional<String> from, Optional<String> to) {
            return new Pairs(List.of(new Pair("web/shop", "10.0.0.1", "web/db", "10.0.0.2", "TCP 80"), new Pair("web/db", "10.0.0.2", "web/shop", "10.0.0.1", "-")), 3, NOBODY);
        }

        @Override
        public List<SetUse> sets() {
            return List.of(new SetUse("s:abc", "role == \"web\"", "addresses", 3, List.of("10.0.0.1/32"), List.of("NetworkPolicy(web/allow-http)")));
        }

        @Override
        public List<Counter> counters() {
            return List.of(new Counter("NetworkPolicy(web/allow-http) ingress rule 1", 7, 420), new Counter("end of tier default", 0, 0));
        }

        @Override
        public Flows flows(FlowQuery query) {
            Flow flow = new Flow(8, 1_700_000_000_000L, 1_700_000_001_000L, "deny", Direction.INGRESS, Optional.of("web/shop"), "NetworkPolicy(web/allow-http)", 2,
                    new FlowEnd("10.0.0.9", Optional.empty(), new TreeMap<>()), new FlowEnd("10.0.0.1", Optional.of("web/shop"), new TreeMap<>(java.util.Map.of("role", "web"))),
                    IpProtocol.TCP, 50_000, 22, Optional.empty(), 3, 180);
            Flow echo = new Flow(9, 1_700_000_001_000L, 1_700_000_002_000L, "log", Direction.EGRESS, Optional.empty(), "tier default", 0, flow.destination(), flow.source(), IpProtocol.ICMP, 0, 0,
                    Optional.of("type 8 code 0"), 1, 84);
            return new Flows(query.denied() ? List.of(flow) : List.of(flow, echo), 9, true, "hears NFLOG group 201", 4, 0, 0);
        }

        @Override
        public Plan plan(List<Resource> puts, List<ResourceId> deletes) {
            Pair now = new Pair("web/shop", "10.0.0.1", "web/db", "10.0.0.2", "TCP 80");
            return new Plan(List.of(now), List.of(new Pair("web/shop", "10.0.0.1", "web/db", "10.0.0.2", "-")), 4, List.of("+ policy " + POLICY), List.of("+ chain policy-in-1 (" + POLICY + " ingress): 2 rules"), List.of(), NOBODY);
        }
    }

    private static final class Files implements ResourceCommands {
        @Override
        public Answer run(String verb, List<String> words, InputStream standardInput) {
            return new Answer(0, "", "");
        }

        @Override
        public List<String> kinds() {
            return List.of();
        }

        @Override
        public List<String> names(String kind) {
            return List.of();
        }

        @Override
        public Documents read(List<String> words, InputStream standardInput) {
            return words.contains("bad.yaml") ? new Documents(List.of(), List.of("bad.yaml, line 3: TMB-RES-003")) : new Documents(List.of(), List.of());
        }
    }

    private static String text(Document document) {
        return document.text().apply(Screen.PLAIN);
    }

    @Test
    void everyAnswerSaysThatNothingIsEnforced() {
        for (Document document : List.of(PolicyViews.status(SERVICES), PolicyViews.show(SERVICES, "web/shop"), PolicyViews.explain(SERVICES, "a", "b", "tcp", Optional.of("80")),
                PolicyViews.pairs(SERVICES, Optional.empty(), Optional.empty()), PolicyViews.sets(SERVICES), flows(false), PolicyViews.plan(SERVICES, List.of(), InputStream.nullInputStream()))) {
            assertTrue(text(document).contains("not enforced: no writer"), text(document));
            assertTrue(JsonText.line(document.json()).contains("\"enforced\":false"), JsonText.line(document.json()));
        }
        String status = text(PolicyViews.status(SERVICES));
        assertTrue(status.contains("  azv* is not: no container has been added\n  cali*: interfacePrefix\n    of no known endpoint, and carrying nothing: cali7, cali8 and 1 more\n"), status);
        assertEquals("1 of 5 policies select 2 endpoints here, 1 not in force as they stand (policy:status), not enforced: no writer", PolicyViews.line(Optional.of(new One().status())));
    }

    @Test
    void anEndpointIsShownTierByTierWithTheReasonOfEachPolicy() {
        String text = text(PolicyViews.show(SERVICES, "web/shop"));
        assertTrue(text.contains("role == \"web\"") && text.contains("1: allow TCP to port 80") && text.contains("end of the tier") && text.contains("kns.web"), text);
    }

    @Test
    void thePathOfAPacketEndsInItsVerdictAndNamesWhatStagedPoliciesWouldChange() {
        String text = text(PolicyViews.explain(SERVICES, "10.0.0.9", "web/shop", "udp", Optional.of("53")));
        assertTrue(text.contains("10.0.0.9 to web/shop: UDP 53") && text.contains("Verdict: deny") && text.contains("it would be: allow"), text);
        assertEquals("TMB-POL-010", assertThrows(Failure.class, () -> PolicyViews.explain(SERVICES, "nobody", "b", "tcp", Optional.of("80"))).code());
        assertEquals("TMB-POL-014", assertThrows(Failure.class, () -> PolicyViews.explain(SERVICES, "a", "b", "tcp", Optional.of("http"))).code());
        assertEquals("TMB-POL-014", assertThrows(Failure.class, () -> PolicyViews.explain(SERVICES, "a", "b", "xyz", Optional.of("80"))).code());
    }

    private static Document flows(boolean denied) {
        return FlowViews.flows(SERVICES, FlowViews.ask(SERVICES, denied, Optional.empty(), 0));
    }

    @Test
    void aFlowIsToldWithItsEndsPolicyAndRuleAndWithLabelsInJson() {
        String text = text(flows(false));
        assertTrue(text.contains("web/shop (10.0.0.1)") && text.contains("50000 > 22") && text.contains("type 8 code 0") && text.contains("hears NFLOG group 201"), text);
        assertTrue(!text(flows(true)).contains("type 8"), text(flows(true)));
        String json = JsonText.line(flows(true).json());
        assertTrue(json.contains("\"rule\":2") && json.contains("\"labels\":{\"role\":\"web\"}") && json.contains("\"first\":\"2023-11-14T22:13:20Z\""), json);
        String lines = FlowViews.lines(new One().flows(new Policies.FlowQuery(false, Optional.empty(), 0)), false, Screen.PLAIN);
        assertEquals("2023-11-14T22:13:21Z deny ingress 10.0.0.9 to web/shop (10.0.0.1) TCP 50000 > 22 at web/shop by NetworkPolicy(web/allow-http) rule 2, 3 packets", lines.lines().findFirst().orElse(""));
    }

    @Test
    void aProbeShowsTheRulesThatThePacketMetBesideTheModelsAnswer() {
        Document document = PolicyViews.probe(SERVICES, "a", "b", "tcp", Optional.of("80"));
        String text = text(document);
        assertTrue(text.contains("Verdict: deny") && text.contains("to endpoints") && text.contains("ip docker") && text.contains("Probe: the packet went through all rules; the model says deny."), text);
        String json = JsonText.line(document.json());
        assertTrue(json.contains("\"passed\":true") && json.contains("\"agrees\":false") && json.contains("\"model\":{\"from\":\"a\""), json);
    }

    @Test
    void rulesThatNoPacketHasMetAreLeftOutUnlessAllAreAskedFor() {
        assertTrue(text(PolicyViews.counters(SERVICES, false)).contains("420") && !text(PolicyViews.counters(SERVICES, false)).contains("end of tier"));
        assertTrue(text(PolicyViews.counters(SERVICES, true)).contains("end of tier default"));
    }

    @Test
    void pairsThatAreLeftOutAreCounted() {
        String text = text(PolicyViews.pairs(SERVICES, Optional.empty(), Optional.empty()));
        assertTrue(text.contains("nothing") && text.contains("3 more pairs are left out"), text);
    }

    @Test
    void pairsAndPlansSayOnceWhatTheyCompare() {
        for (Document document : List.of(PolicyViews.pairs(SERVICES, Optional.empty(), Optional.empty()), PolicyViews.plan(SERVICES, List.of(), InputStream.nullInputStream()))) {
            assertEquals(2, text(document).split("Only what endpoints of this node say to each other is compared", -1).length, text(document));
            assertTrue(JsonText.line(document.json()).contains("\"compared\":\"endpoints of this node with each other\""), JsonText.line(document.json()));
        }
    }

    @Test
    void aPlanSaysHowManyPairsItDidNotCompareAndDeniesNothingOfThem() {
        Document some = PolicyViews.plan(SERVICES, List.of(), InputStream.nullInputStream());
        assertTrue(text(some).contains("4 more pairs are concerned and were not compared") && JsonText.line(some.json()).contains("\"leftOut\":4"), text(some));
        assertTrue(!text(some).contains("gains or loses anything"), text(some));
        Policies without = new One() {
            @Override
            public Plan plan(List<Resource> puts, List<ResourceId> deletes) {
                return new Plan(List.of(), List.of(), 4, List.of(), List.of(), List.of(), NOBODY);
            }
        };
        assertTrue(text(PolicyViews.plan(services(without), List.of(), InputStream.nullInputStream())).startsWith("Of the pairs that were compared none gains or loses anything.\n4 more pairs"));
    }

    @Test
    void aPlanOfDocumentsThatAreWrongNamesWhatIsWrong() {
        assertTrue(assertThrows(Failure.class, () -> PolicyViews.plan(SERVICES, List.of("--filename", "bad.yaml"), InputStream.nullInputStream())).getMessage().contains("line 3"));
        String text = text(PolicyViews.plan(SERVICES, List.of(), InputStream.nullInputStream()));
        assertTrue(text.contains("+ policy NetworkPolicy(web/allow-http)") && text.contains("+ chain policy-in-1 (NetworkPolicy(web/allow-http) ingress): 2 rules"), text);
    }
}
