package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.net.MacAddress;
import tombolo.api.resource.Resource;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.PolicyEngine;

class ForetoldModeTest {
    /** Else its rules would be in force under the name of an interface that its packets never have, until the store tells of it. */
    @Test
    void anEndpointBehindTheBridgeIsKnownAsThatBeforeTheStoreTellsOfIt() {
        Resource endpoint = Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-a-eth0','annotations':{'tombolo.io/mode':'bridge'}",
                "'orchestrator':'k8s','node':'here','pod':'a','endpoint':'eth0','containerID':'c','interfaceName':'azv1','mac':'02:00:00:00:00:01','ipNetworks':['10.0.0.1/32']", 1);
        Resource told = new Foretold().tell(new EndpointId("c", "eth0"), endpoint, Optional.empty()).orElseThrow();
        PolicyEngine engine = new PolicyEngine("here");
        engine.apply(List.of(told), List.of());
        assertEquals(Optional.of(MacAddress.parse("02:00:00:00:00:01")), engine.endpoints().get(endpoint.id()).bridged());
    }

    /** The store tells of endpoints without their documents: what policy goes by must not be lost with them. */
    @Test
    void anEndpointBehindTheBridgeIsStillKnownAsThatOnceTheStoreHasToldOfIt() {
        Resource endpoint = Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-a-eth0','annotations':{'tombolo.io/mode':'bridge','other':'x'}",
                "'orchestrator':'k8s','node':'here','pod':'a','endpoint':'eth0','containerID':'c','interfaceName':'azv1','mac':'02:00:00:00:00:01','ipNetworks':['10.0.0.1/32']", 1);
        PolicyEngine engine = new PolicyEngine("here");
        engine.apply(List.of(endpoint.withoutTree()), List.of());
        assertEquals(Optional.of(MacAddress.parse("02:00:00:00:00:01")), engine.endpoints().get(endpoint.id()).bridged());
    }
}
