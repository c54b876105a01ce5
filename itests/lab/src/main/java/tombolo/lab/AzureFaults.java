package tombolo.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.lab.Doctor.Wanted;

/** Puts the usual troubles of a circuit in, on the side where they arise, and mends them again; the doctor has to name each. */
final class AzureFaults {
    private static final Duration CONVERGENCE = Duration.ofSeconds(60);
    private static final String PRIVATE = AzureLab.CIRCUIT + "/peerings/AzurePrivatePeering";
    private static final List<String> PRIVATE_PEERS = List.of("msee-a-v4", "msee-a-v6", "msee-b-v4", "msee-b-v6");
    /** More than 80 % of a standard circuit's 4,000. */
    private static final int NEAR_THE_LIMIT = 3_300;
    private static final int ABOVE_THE_LIMIT = 4_001;

    private final GatewayNode node;
    private final Cloud cloud;
    private final Bird onprem;
    private final Doctor doctor;
    private final Progress progress;

    AzureFaults(GatewayNode node, Cloud cloud, Bird onprem, Doctor doctor, Progress progress) {
        this.node = node;
        this.cloud = cloud;
        this.onprem = onprem;
        this.doctor = doctor;
        this.progress = progress;
    }

    void all() {
        spoke();
        overwritten();
        numbersAndKey();
        endsAndTag();
        withSessionsUp();
        prefixLimit();
    }

    /** A spoke that does not use the gateway that the hub offers it. */
    private void spoke() {
        String hub = AzureLab.NETWORKS + "virtualNetworks/hub";
        String spoke = AzureLab.NETWORKS + "virtualNetworks/spoke";
        cloud.make("networks", spoke, "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['10.101.0.0/16']}}}");
        cloud.make("networks", hub + "/virtualNetworkPeerings/to-spoke", peering(spoke, "'allowGatewayTransit':true"));
        cloud.make("networks", spoke + "/virtualNetworkPeerings/to-hub", peering(hub, "'useRemoteGateways':false"));
        doctor.names("a peered virtual network does not use the hub's gateway", List.of(new Wanted(17, "WARN", "virtual network hub: peering to-spoke", "spoke does not use it")));
        progress.step("useRemoteGateways set", () -> {
            cloud.make("networks", spoke + "/virtualNetworkPeerings/to-hub", peering(hub, "'useRemoteGateways':true"));
        });
    }

    private static String peering(String remote, String sharing) {
        return "{'properties':{'remoteVirtualNetwork':{'id':'" + remote + "'},'allowVirtualNetworkAccess':true," + sharing + "}}";
    }

    private String apply() {
        node.ask("er:apply " + AzureLab.CIRCUIT_NAME + " --yes");
        return AzureLab.sessions(node, PRIVATE_PEERS) + " sessions of private peering";
    }

    /** The provider has set another VLAN in ARM. */
    private void overwritten() {
        cloud.edit(PRIVATE, "{'properties':{'vlanId':300,'lastModifiedBy':'Provider'}}");
        doctor.names("the provider has overwritten the peering with another VLAN", List.of(new Wanted(8, "BAD", "private peering: as in the file", "Provider"),
            new Wanted(8, "BAD", "private peering: as in the file", "vlan 300 to 100"), new Wanted(4, "BAD", "private peering, primary link: ARP", "Incomplete"),
            new Wanted(4, "BAD", "private peering, secondary link: ARP", "Incomplete")));
    }

    /** Not mended before: what is wrong in ARM is replaced by something else. */
    private void numbersAndKey() {
        cloud.edit(PRIVATE, "{'properties':{'vlanId':100,'lastModifiedBy':'Customer','peerASN':65021,'sharedKey':'Another1'}}");
        doctor.names("another AS and another key in ARM", List.of(new Wanted(5, "BAD", "private peering, primary link: our AS", "65021"), new Wanted(5, "WARN", "private peering, primary link: MD5", "cannot be told"),
            new Wanted(14, "BAD", "private peering, primary link: BGP", "")));
        progress.step("er:apply " + AzureLab.CIRCUIT_NAME + " --yes makes Azure as the file wants it", this::apply);
    }

    /** This node's side: ends swapped on one link, a wrong tag on the other. */
    private void endsAndTag() {
        AzureLab.watched(node);
        AzureTopology.addresses("a", AzureTopology.PRIVATE, "2");
        AzureTopology.tag("b", AzureTopology.PRIVATE, 999);
        doctor.names("this side has Microsoft's address on one link and a wrong tag on the other", List.of(new Wanted(6, "BAD", "private peering, primary link: ends of the subnet", "swapped"),
            new Wanted(4, "BAD", "private peering, secondary link: ARP", "Incomplete"), new Wanted(14, "BAD", "private peering: both links", "0 of 2")));
        progress.step("addresses and tag mended", () -> {
            AzureTopology.addresses("a", AzureTopology.PRIVATE, "1");
            AzureTopology.tag("b", AzureTopology.PRIVATE, AzureTopology.PRIVATE);
            return AzureLab.sessions(node, PRIVATE_PEERS) + " sessions of private peering";
        });
    }

    /** What goes wrong although every session is up. */
    private void withSessionsUp() {
        progress.step("seven faults of this side at once, none of which ends a session", () -> {
            rewrite("tombolo.bgp.peer-msee-b-v4.cfg", "bfd = on", "bfd = off");
            rewrite("tombolo.bgp.peer-msee-b-v4.cfg", "export = to-azure", "export = to-azure-b");
            write("tombolo.bgp.filter-to-azure-b.cfg", "rule.10.match.prefix = 10.1.0.0/24\nrule.10.action = reject\nrule.20.match.as-path = ^65010\nrule.20.action = accept\n");
            rewrite("tombolo.bgp.filter-to-microsoft.cfg", "rule.20.action", "rule.20.set.prepend = 65001 x 2\nrule.20.action");
            write("tombolo.bgp.filter-to-isp.cfg", "rule.10.match.prefix = 192.0.2.0/24\nrule.10.action = accept\n");
            AzureTopology.mtu("b", AzureTopology.PRIVATE, 1_400);
            onprem.reconfigure(AzureRouters.onprem(NEAR_THE_LIMIT, true));
            at(AzureTopology.EDGE_A, NEAR_THE_LIMIT);
            at(AzureTopology.EDGE_B, NEAR_THE_LIMIT - 1);
        });
        doctor.names("BFD off, a prefix on one link only, a default route, a small MTU, near the limit, a private AS in prepends, the public prefix on the Internet too", List.of(
            new Wanted(13, "WARN", "private peering, secondary link: BFD", "off"), new Wanted(1, "WARN", "private peering: the same on both links", "10.1.0.0/24 on primary only"),
            new Wanted(12, "WARN", "private peering, primary link: default route", "0.0.0.0/0"), new Wanted(16, "WARN", "private peering, secondary link: MTU", "1400"),
            new Wanted(2, "WARN", "private peering, primary link: IPv4 prefixes", "at most 4000"), new Wanted(10, "WARN", "Microsoft peering, primary link: prepends", "65001"),
            new Wanted(11, "WARN", "Microsoft peering, primary link: the same prefix elsewhere", "isp")));
        progress.step("all seven mended", () -> {
            rewrite("tombolo.bgp.peer-msee-b-v4.cfg", "bfd = off", "bfd = on");
            rewrite("tombolo.bgp.peer-msee-b-v4.cfg", "export = to-azure-b", "export = to-azure");
            RunFiles.delete(node.etc().resolve("tombolo.bgp.filter-to-azure-b.cfg"));
            rewrite("tombolo.bgp.filter-to-microsoft.cfg", "rule.20.set.prepend = 65001 x 2\n", "");
            write("tombolo.bgp.filter-to-isp.cfg", "default = reject\n");
            AzureTopology.mtu("b", AzureTopology.PRIVATE, 1_500);
        });
    }

    /** One prefix more than the SKU takes: the edge ends the session, and premium takes it. */
    private void prefixLimit() {
        progress.step(ABOVE_THE_LIMIT + " prefixes: both edges end their IPv4 sessions", () -> {
            onprem.reconfigure(AzureRouters.onprem(ABOVE_THE_LIMIT, false));
            Await.until(CONVERGENCE, () -> "the edges drop the sessions; seen: " + node.attempt("bgp:summary").output(),
                () -> AzureLab.established(node).stream().noneMatch(peer -> peer.equals("msee-a-v4") || peer.equals("msee-b-v4")));
        });
        doctor.names("more prefixes than the circuit takes", List.of(new Wanted(2, "BAD", "private peering, primary link: prefix limit", "4000"), new Wanted(14, "BAD", "private peering: both links", "0 of 2")));
        progress.step("tier = premium and er:apply " + AzureLab.CIRCUIT_NAME + " --yes: the same prefixes are taken", () -> {
            rewrite("tombolo.expressroute.circuit-er-lab.cfg", "tier = standard", "tier = premium");
            Await.until(CONVERGENCE, "the new tier is planned", () -> node.attempt("er:plan " + AzureLab.CIRCUIT_NAME).output().contains("remium"));
            apply();
            at(AzureTopology.EDGE_A, ABOVE_THE_LIMIT);
        });
        progress.step("as before", () -> {
            onprem.reconfigure(AzureRouters.onprem(AzureRouters.NETWORKS, false));
            return AzureLab.converge();
        });
    }

    static void at(Namespace edge, int networks) {
        Await.until(CONVERGENCE, () -> networks + " on-premises networks at " + edge.name() + "; seen: " + Command.attempt("ip", "-n", edge.name(), "-4", "route", "show", "proto", "bgp").output().lines().count(),
            () -> edge.routes("-4", "bgp").stream().filter(route -> route.startsWith("10.") && !route.startsWith("10.100.")).count() == networks);
    }

    private void write(String file, String text) {
        RunFiles.write(node.etc().resolve(file), text);
    }

    private void rewrite(String file, String from, String to) {
        Path path = node.etc().resolve(file);
        String text = RunFiles.read(path);
        if (!text.contains(from)) {
            throw new HarnessException("'" + from + "' is not in " + path);
        }
        RunFiles.write(path, text.replace(from, to));
    }
}
