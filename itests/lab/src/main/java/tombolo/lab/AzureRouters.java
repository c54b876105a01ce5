package tombolo.lab;

import tombolo.harness.Bird;

/** The routers around the gateway of the ExpressRoute laboratory that are no edge routers: those are the simulated cloud's. */
final class AzureRouters {
    /** Networks of the on-premises side, the host's own included. */
    static final int NETWORKS = 40;
    static final int NETWORKS_V6 = 10;

    private AzureRouters() { }

    /** @param networks IPv4 networks, the host's own included. @param defaultRoute whether a default route is announced too */
    static String onprem(int networks, boolean defaultRoute) {
        StringBuilder text = new StringBuilder("""
            # The on-premises router, AS 65010.
            router id 172.16.0.1;
            log stderr all;
            protocol device { scan time 1; }
            protocol direct { ipv4; ipv6; interface "lan"; }
            protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; merge paths on; }
            protocol kernel { ipv6 { import none; export where source = RTS_BGP; }; merge paths on; }
            filter own { if source ~ [ RTS_STATIC, RTS_DEVICE ] then accept; reject; }
            protocol bgp gateway4 {
              local 172.16.0.1 as 65010; neighbor 172.16.0.2 as 65020; connect retry time 2;
              ipv4 { import all; export filter own; };
            }
            protocol bgp gateway6 {
              local fd00:16::1 as 65010; neighbor fd00:16::2 as 65020; connect retry time 2;
              ipv6 { import all; export filter own; };
            }
            protocol static networks6 { ipv6;
            """);
        for (int i = 1; i < NETWORKS_V6; i++) {
            text.append("  route fd00:1:0:").append(Integer.toHexString(i)).append("::/64 unreachable;\n");
        }
        text.append("}\nprotocol static networks4 { ipv4;\n");
        for (int i = 0; i < networks - 1; i++) {
            text.append("  route 10.").append(16 + i / 256).append('.').append(i % 256).append(".0/24 unreachable;\n");
        }
        return text.append(defaultRoute ? "  route 0.0.0.0/0 unreachable;\n" : "").append("}\n").toString();
    }

    static Bird startOnprem() {
        return Bird.start(AzureTopology.ONPREM, onprem(NETWORKS, false));
    }

    static Bird startVnet() {
        return Bird.start(AzureTopology.VNET, Routers.resource("vnet-azure.bird.conf"));
    }

    /** Says nothing and takes everything. */
    static Bird startIsp() {
        return Bird.start(AzureTopology.ISP, """
            router id 100.64.0.1;
            log stderr all;
            protocol device { scan time 1; }
            protocol bgp customer { local 100.64.0.1 as 64500; neighbor 100.64.0.2 as 65020; connect retry time 2; ipv4 { import all; export none; }; }
            """);
    }
}
