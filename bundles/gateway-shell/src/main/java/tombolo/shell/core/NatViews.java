package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

/** Translated addresses: {@code nat:list}, and the ports in {@code endpoint:show}. */
public final class NatViews {
    private NatViews() { }

    /** @param endpoint CONTAINER/INTERFACE or its beginning; empty: all */
    public static Document list(Services services, Optional<String> endpoint) {
        Nat.View view = services.need(Nat.class).view();
        List<Map<String, Object>> mappings = new ArrayList<>();
        view.exposed().forEach((id, exposed) -> {
            if (endpoint.map(name -> id.toString().startsWith(name)).orElse(true)) {
                exposed.mappings().forEach(mapping -> mappings.add(json(id, mapping, exposed)));
            }
        });
        List<Map<String, Object>> pools = view.inside().stream().map(pool -> map("cidr", pool.toString(), "natOutgoing", view.masqueraded().contains(pool))).toList();
        List<Map<String, Object>> sources = endpoint.isPresent() ? List.of() : view.sources().stream().map(one -> map("from", one.from().toString(), "server", one.server().toString(),
                "protocol", one.protocol().name().toLowerCase(Locale.ROOT), "port", one.port(), "source", one.source().toString())).toList();
        return new Document(map("mappings", mappings, "pools", pools, "sources", sources, "known", view.known()), screen -> {
            StringBuilder text = new StringBuilder();
            if (!view.known()) {
                text.append("Not all is known yet: containers' ports come from gateway-cni, pools from gateway-resources. What is in the kernel stays until then.\n\n");
            }
            if (mappings.isEmpty()) {
                text.append("No ports of this host lead to containers.\n");
            } else {
                Table table = new Table("HOST PORT", "HOST ADDRESS", "TO", "PORT", "MASKED", "FOR", "ENDPOINT");
                mappings.forEach(one -> table.row(one.get("hostPort") + "/" + one.get("protocol"), shown(one.get("hostAddress")), Text.orDash((List<?>) one.get("to")), one.get("containerPort"),
                        (boolean) one.get("masked") ? "yes" : "no", ((List<?>) one.get("conditions")).isEmpty() ? "all" : Text.orDash((List<?>) one.get("conditions")), one.get("endpoint")));
                text.append(table.render(screen));
            }
            if (endpoint.isEmpty()) {
                text.append('\n').append(pools(view).render(screen));
            }
            if (!sources.isEmpty()) {
                Table table = new Table("FROM", "TO SERVICE", "SEES");
                sources.forEach(one -> table.row(one.get("from"), one.get("server") + " " + one.get("port") + "/" + one.get("protocol"), one.get("source")));
                text.append('\n').append(table.render(screen));
            }
            return text.toString();
        });
    }

    /** The ports of the host that lead to an endpoint, in words; "-" for none. */
    static String ports(Services services, EndpointId id) {
        return services.find(Nat.class).map(nat -> nat.view().exposed().get(id))
                .map(exposed -> String.join(", ", exposed.mappings().stream().map(mapping -> mapping + " to " + mapping.containerPort()).toList())).orElse("-");
    }

    private static Table pools(Nat.View view) {
        Table table = new Table("POOL", "WHAT LEAVES THE CLUSTER");
        for (Prefix pool : view.inside()) {
            table.row(pool, view.masqueraded().contains(pool) ? "has the node's address (natOutgoing)" : "has its own address");
        }
        return table;
    }

    private static String shown(Object hostAddress) {
        return hostAddress.toString().isEmpty() ? "any" : hostAddress.toString();
    }

    private static Map<String, Object> json(EndpointId id, PortMapping mapping, Exposed exposed) {
        List<String> to = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            if (mapping.isFor(family)) {
                exposed.address(family).ifPresent(address -> to.add(address.address().toString()));
            }
        }
        return map("endpoint", id.toString(), "hostPort", mapping.hostPort(), "protocol", mapping.protocol().name().toLowerCase(Locale.ROOT),
                "hostAddress", mapping.hostAddress().map(Object::toString).orElse(""), "to", to, "containerPort", mapping.containerPort(), "masked", exposed.masked(),
                "conditions", exposed.conditions().stream().map(Object::toString).toList());
    }
}
