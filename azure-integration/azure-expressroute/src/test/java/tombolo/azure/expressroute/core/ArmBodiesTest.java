package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;

class ArmBodiesTest {
    private static Json.Obj properties(Json.Obj resource) {
        return ArmCircuits.properties(resource);
    }

    /** A PUT replaces the resource: what is left out is lost. */
    @Test
    void aChangedCircuitGoesBackAsItCameButForSkuBandwidthAndTheKeysOfTheFile() {
        Json.Obj arm = Circuits.arm("er-1", "Standard", "MeteredData", 500, "Provisioned", Circuits.armPrivate());
        Json.Obj strange = arm.with("tags", Json.Obj.of("team", new Json.Text("blue"))).with("properties", properties(arm).with("somethingNew", Json.Arr.texts(List.of("x"))));
        Json.Obj body = ArmBodies.changeCircuit(Circuits.with(Circuits.wanted("er-1"), Tier.PREMIUM, Plan.UNLIMITED, 1_000), Circuits.seen(strange), kind -> Optional.of("k3y").filter(_ -> kind == Kind.PRIVATE));
        assertEquals("Premium_UnlimitedData", body.object("sku").orElseThrow().text("name").orElseThrow());
        assertEquals(1_000, properties(body).object("serviceProviderProperties").orElseThrow().integer("bandwidthInMbps").orElse(0));
        assertEquals("k3y", properties(ArmCircuits.objects(properties(body), "peerings").getFirst()).text("sharedKey").orElseThrow());
        Json.Obj back = body.with("sku", arm.get("sku").orElseThrow()).with("properties", properties(body).with("serviceProviderProperties", properties(arm).get("serviceProviderProperties").orElseThrow())
                .with("peerings", properties(arm).get("peerings").orElseThrow()));
        assertEquals(strange, back);
    }

    @Test
    void aChangedPeeringKeepsWhatNobodyHereKnows() {
        Json.Obj strange = Circuits.armPrivate().with("properties", properties(Circuits.armPrivate()).with("vlanId", 7).with("gatewayManagerEtag", "9").with("connections", Json.Arr.EMPTY));
        Json.Obj body = ArmBodies.peering(Kind.PRIVATE, Circuits.privatePeering(), Optional.of(ArmCircuits.peering(strange)), Optional.empty(), Optional.empty());
        assertEquals(strange.with("properties", properties(strange).with("vlanId", 100)), body);
    }

    @Test
    void aMicrosoftPeeringHasItsPrefixesItsRegistryAndItsRouteFilter() {
        Json.Obj body = properties(ArmBodies.peering(Kind.MICROSOFT, Circuits.microsoft("12076:51004"), Optional.empty(), Optional.of("k3y"), Optional.of("/f/1")));
        assertEquals("MicrosoftPeering", body.text("peeringType").orElseThrow());
        assertEquals(Json.Obj.EMPTY.with("advertisedPublicPrefixes", Json.Arr.texts(List.of("198.51.100.0/24"))).with("routingRegistryName", "RIPENCC"), body.object("microsoftPeeringConfig").orElseThrow());
        assertEquals(Json.Obj.of("id", new Json.Text("/f/1")), body.object("routeFilter").orElseThrow());
        assertEquals("k3y", body.text("sharedKey").orElseThrow());
    }

    /** The sessions of IPv6 have public prefixes and a route filter of their own, in the part of the peering that is IPv6's. */
    @Test
    void whatAMicrosoftPeeringAdvertisesStandsWithTheSessionsOfItsFamily() {
        Peering both = both("198.51.100.0/24", "2001:db8::/48");
        Json.Obj made = ArmBodies.peering(Kind.MICROSOFT, both, Optional.empty(), Optional.empty(), Optional.of("/f/1"));
        assertEquals(Json.Arr.texts(List.of("198.51.100.0/24")), properties(made).object("microsoftPeeringConfig").orElseThrow().get("advertisedPublicPrefixes").orElseThrow());
        Json.Obj ipv6 = properties(made).object("ipv6PeeringConfig").orElseThrow();
        assertEquals(Json.Obj.EMPTY.with("advertisedPublicPrefixes", Json.Arr.texts(List.of("2001:db8::/48"))).with("routingRegistryName", "RIPENCC"), ipv6.object("microsoftPeeringConfig").orElseThrow());
        assertEquals(Json.Obj.of("id", new Json.Text("/f/1")), ipv6.object("routeFilter").orElseThrow());
        CircuitSnapshot.PeeringSeen seen = ArmCircuits.peering(made);
        assertEquals(List.of("198.51.100.0/24", "2001:db8::/48"), seen.advertised());
        assertTrue(PeeringRules.differences(seen, both, Optional.of("/F/1")).none(), "what was written is as wanted");
        assertEquals("route filter of IPv6 none to 1", PeeringRules.differences(ArmCircuits.peering(made.with("properties", properties(made).with("ipv6PeeringConfig", ipv6.without("routeFilter")))), both,
                Optional.of("/f/1")).text());
    }

    private static Peering both(String... prefixes) {
        Peering ipv4 = Circuits.microsoft("12076:51004");
        return new Peering(ipv4.vlan(), ipv4.ipv4(), Optional.of(new CircuitSettings.Subnets(Prefix.parse("2001:db8:1::/126"), Prefix.parse("2001:db8:1::4/126"))), ipv4.peerAsn(), ipv4.sharedKey(),
                List.of(prefixes).stream().map(Prefix::parse).toList(), "RIPENCC", ipv4.communities());
    }

    /** Else a node that applies by itself would write a live peering again and again. */
    @Test
    void whatIsWrittenOverAPeeringWithPrefixesOfIpv6IsAsWantedBehindIt() {
        Json.Obj made = ArmBodies.peering(Kind.MICROSOFT, both("198.51.100.0/24", "2001:db8::/48"), Optional.empty(), Optional.empty(), Optional.of("/f/1"));
        CircuitSnapshot.PeeringSeen seen = ArmCircuits.peering(made);
        assertTrue(PeeringRules.differences(seen, Circuits.microsoft("12076:51004"), Optional.of("/f/1")).none(), "a file without IPv6 leaves that part to whoever has set it");
        Peering ipv4Alone = both("198.51.100.0/24");
        assertEquals("advertised prefixes of IPv6 2001:db8::/48 to none", PeeringRules.differences(seen, ipv4Alone, Optional.of("/f/1")).text());
        Json.Obj changed = ArmBodies.peering(Kind.MICROSOFT, ipv4Alone, Optional.of(seen), Optional.empty(), Optional.of("/f/1"));
        assertTrue(PeeringRules.differences(ArmCircuits.peering(changed), ipv4Alone, Optional.of("/f/1")).none(), changed.toString());
    }

    @Test
    void prefixesOfIpv6ThatStandWithTheSessionsOfIpv4AreMovedToTheirOwn() {
        Peering both = both("198.51.100.0/24", "2001:db8::/48");
        Json.Obj made = ArmBodies.peering(Kind.MICROSOFT, both, Optional.empty(), Optional.empty(), Optional.of("/f/1"));
        Json.Obj mixed = Json.Obj.EMPTY.with("advertisedPublicPrefixes", Json.Arr.texts(List.of("198.51.100.0/24", "2001:db8::/48"))).with("routingRegistryName", "RIPENCC").with("advertisedPublicPrefixesState", "Configured");
        Json.Obj older = made.with("properties", properties(made).with("microsoftPeeringConfig", mixed).with("ipv6PeeringConfig", properties(made).object("ipv6PeeringConfig").orElseThrow().without("microsoftPeeringConfig")));
        CircuitSnapshot.PeeringSeen seen = ArmCircuits.peering(older);
        assertEquals("advertised prefixes 198.51.100.0/24 2001:db8::/48 to 198.51.100.0/24, advertised prefixes of IPv6 none to 2001:db8::/48", PeeringRules.differences(seen, both, Optional.of("/f/1")).text());
        assertEquals("", seen.prefixesState(), "nobody tells whether IPv6's are validated");
        Json.Obj changed = ArmBodies.peering(Kind.MICROSOFT, both, Optional.of(seen), Optional.empty(), Optional.of("/f/1"));
        assertTrue(PeeringRules.differences(ArmCircuits.peering(changed), both, Optional.of("/f/1")).none(), changed.toString());
    }

    /** The plan says that they are left alone. */
    @Test
    void whereNothingIsSaidOfPrefixesAChangeForAnotherReasonKeepsThoseOfBothFamilies() {
        Json.Obj made = ArmBodies.peering(Kind.MICROSOFT, both("198.51.100.0/24", "2001:db8::/48"), Optional.empty(), Optional.empty(), Optional.empty());
        Peering both = both();
        Peering silent = new Peering(201, both.ipv4(), both.ipv6(), both.peerAsn(), both.sharedKey(), List.of(), "ARIN", List.of());
        CircuitSnapshot.PeeringSeen seen = ArmCircuits.peering(made);
        assertEquals("vlan 200 to 201, registry RIPENCC to ARIN", PeeringRules.differences(seen, silent, Optional.empty()).text());
        assertEquals(List.of("Microsoft peering: public prefixes 198.51.100.0/24, 2001:db8::/48 are there and not in the file; left alone"), PeeringRules.leftAlone(Kind.MICROSOFT, seen, silent));
        CircuitSnapshot.PeeringSeen changed = ArmCircuits.peering(ArmBodies.peering(Kind.MICROSOFT, silent, Optional.of(seen), Optional.empty(), Optional.empty()));
        assertEquals(seen.advertised(), changed.advertised());
        assertTrue(changed.vlan() == 201 && PeeringRules.differences(changed, silent, Optional.empty()).none(), changed.toString());
    }

    @Test
    void theSignatureOfAPrefixStaysWithItAndGoesWithIt() {
        Json info = Json.Arr.of(Json.Obj.EMPTY.with("prefix", "198.51.100.0/24").with("signature", "mine"), Json.Obj.EMPTY.with("prefix", "192.0.2.0/24").with("signature", "of what is wanted no more"));
        Json.Obj before = Json.Obj.of("properties", Json.Obj.of("microsoftPeeringConfig", Json.Obj.of("advertisedPublicPrefixInfo", info)));
        String body = ArmBodies.peering(Kind.MICROSOFT, Circuits.microsoft("12076:51004"), Optional.of(ArmCircuits.peering(before)), Optional.empty(), Optional.empty()).toString();
        assertTrue(body.contains("mine") && !body.contains("wanted no more"), body);
    }

    /** Azure takes one rule in a filter. */
    @Test
    void aRouteFilterHasOneRuleWhichKeepsItsName() {
        var wanted = Circuits.with(Circuits.wanted("er-1"), Optional.empty(), Optional.of(Circuits.microsoft("12076:5060", "12076:51004")), List.of());
        Json.Obj made = ArmBodies.routeFilter(wanted, Optional.empty());
        assertEquals("westeurope", made.text("location").orElseThrow());
        Json.Obj rule = ArmCircuits.objects(properties(made), "rules").getFirst();
        assertEquals(Json.Arr.texts(List.of("12076:5060", "12076:51004")), properties(rule).get("communities").orElseThrow());
        Json.Obj named = made.with("properties", Json.Obj.of("rules", Json.Arr.of(rule.with("name", "allow-some"))));
        Json.Obj changed = ArmBodies.routeFilter(wanted, Optional.of(ArmCircuits.routeFilter(named.with("id", "/f/1"))));
        assertEquals(List.of("allow-some"), ArmCircuits.objects(properties(changed), "rules").stream().map(each -> each.text("name").orElseThrow()).toList());
    }

    /** Whatever is in place of a value, it is read, planned and shown; nothing throws. */
    @Test
    void noAnswerOfAzuresIsTooStrangeToBeRead() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Json.Obj good = Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned", Circuits.armPrivate(), Circuits.armPeering("MicrosoftPeering", 200, 3320, "203.0.113.0/30", "203.0.113.4/30"));
        for (int round = 0; round < 2_000; round++) {
            Json.Obj strange = (Json.Obj) mutated(good, random, 0);
            CircuitSnapshot seen = Circuits.seen(strange, (Json.Obj) mutated(Circuits.armLink("l", "er-1", "/g/1", 0), random, 0));
            CircuitPlan plan = Circuits.plan(Circuits.wanted("er-1"), Optional.of(seen));
            assertTrue(CircuitReports.plans(List.of(plan)).blocks().size() > 0 && CircuitReports.show(Circuits.wanted("er-1"), seen).blocks().size() > 0, "seed " + seed);
            assertTrue(CircuitReports.list(List.of(new CircuitReports.Row(Circuits.wanted("er-1"), Optional.of(seen), "")), List.of(), CircuitReports.Undescribed.NOTHING).blocks().size() > 0, "seed " + seed);
        }
    }

    private static Json mutated(Json json, Random random, int depth) {
        if (depth > 0 && random.nextInt(12) == 0) {
            return switch (random.nextInt(5)) {
                case 0 -> Json.Null.NULL;
                case 1 -> new Json.Text("\u001b[2J" + random.nextInt());
                case 2 -> new Json.Num("-99999999999999999999");
                case 3 -> Json.Arr.of(Json.Bool.TRUE);
                default -> Json.Obj.EMPTY;
            };
        }
        return switch (json) {
            case Json.Obj(Map<String, Json> members) -> {
                Map<String, Json> changed = new LinkedHashMap<>();
                members.forEach((name, value) -> {
                    if (random.nextInt(20) != 0) {
                        changed.put(name, mutated(value, random, depth + 1));
                    }
                });
                yield new Json.Obj(changed);
            }
            case Json.Arr(List<Json> items) -> {
                List<Json> changed = new ArrayList<>();
                items.forEach(item -> changed.add(mutated(item, random, depth + 1)));
                yield new Json.Arr(changed);
            }
            default -> json;
        };
    }
}
