package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.ContainerAddresses.Holding;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointKernel.Counters;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.json.Json;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Containers' interfaces: {@code cni:status}, {@code endpoint:list}, {@code endpoint:show}, {@code endpoint:explain}, {@code endpoint:state}, {@code endpoint:addresses}. */
public final class EndpointViews {
    private static final String AZURE = "azure-vnet";

    private EndpointViews() { }

    public static Document status(Services services) {
        Endpoints.Status status = services.need(Endpoints.class).status();
        Map<String, Long> answered = new TreeMap<>(status.answered());
        Map<String, Object> json = map("socket", status.socket(), "missing", status.missing(), "endpoints", status.endpoints(), "releasing", status.releasing(), "connections",
                status.connections(), "answered", answered, "forbiddenPools", status.forbidden());
        return new Document(json, screen -> {
            String ready = status.socket().isEmpty() ? "no: not listening; set enabled = true in etc/tombolo.cni.cfg, or see log:tail for TMB-CNI-002"
                    : status.missing().isEmpty() ? "yes" : "no: not running: " + String.join(", ", status.missing()) + "; an ADD is answered with error 11";
            Table counts = new Table("CALL", "ANSWER", ">TIMES");
            answered.forEach((name, times) -> {
                int space = name.indexOf(' ');
                counts.row(name.substring(0, space), new Cell(name.substring(space + 1), name.endsWith(" ok") ? Tone.GOOD : Tone.WARN), times);
            });
            return Text.facts("Socket", status.socket().orElse("-"), "Ready", ready, "Endpoints", status.endpoints(), "Addresses to give back", status.releasing(), "Connections",
                    status.connections()) + (status.forbidden().isEmpty() ? "" : "\nContainers are given no address of:\n  " + String.join("\n  ", status.forbidden()) + "\n")
                    + (answered.isEmpty() ? "" : "\n" + counts.render(screen));
        });
    }

    /** In the Azure CNI's words; for people the pods in them. */
    public static Document state(Services services) {
        Json.Obj state = services.need(Endpoints.class).export(AZURE).orElseThrow(() ->
                new Failure("TMB-SHL-012 nothing that is running tells endpoints as " + AZURE + " does. Start it with bundle:start io.tombolo.azure-cni."));
        return new Document(state, screen -> {
            Table table = new Table("ENDPOINT", "POD", "CONTAINER", "ADDRESSES");
            Json.Obj all = state.object("ContainerInterfaces").orElse(Json.Obj.EMPTY);
            all.members().forEach((id, value) -> {
                Json.Obj one = value instanceof Json.Obj object ? object : Json.Obj.EMPTY;
                List<String> addresses = one.array("IPAddresses").stream().map(item -> item instanceof Json.Obj address ? address.text("IP").orElse("") : "").toList();
                table.row(id, Text.orDash(one.text("PodName").filter(name -> !name.isEmpty()).map(name -> one.text("PodNamespace").orElse("") + "/" + name).stream().toList()),
                        shortened(one.text("ContainerID").orElse("")), Text.orDash(addresses));
            });
            return all.members().isEmpty() ? "No endpoints.\n" : table.render(screen);
        });
    }

    /** Addresses of other sources than the cluster's pools. */
    public static Document addresses(Services services) {
        Map<String, List<Holding>> sources = new TreeMap<>(services.need(Endpoints.class).holdings());
        List<Map<String, Object>> rows = new ArrayList<>();
        sources.forEach((source, holdings) -> holdings.forEach(one -> rows.add(map("source", source, "address", one.address(), "prefixLength", one.prefixLength(), "state", one.state(),
                "handle", one.handle()))));
        return new Document(rows, screen -> {
            if (rows.isEmpty()) {
                return "No addresses of other sources than the pools; those are listed by ipam:show.\n";
            }
            Table table = new Table("SOURCE", "ADDRESS", "STATE", "HELD BY");
            sources.forEach((source, holdings) -> holdings.forEach(one -> table.row(source, one.address() + "/" + one.prefixLength(),
                    new Cell(one.state(), one.state().equals("vanished") || one.state().equals("asked") ? Tone.WARN : Tone.GOOD), one.handle().isEmpty() ? "-" : one.handle())));
            return table.render(screen);
        });
    }

    public static Document list(Services services) {
        List<Endpoint> all = services.need(Endpoints.class).list();
        return new Document(all.stream().map(EndpointViews::json).toList(), screen -> {
            if (all.isEmpty()) {
                return "No endpoints.\n";
            }
            Table table = new Table("CONTAINER", "INTERFACE", "ADDRESSES", "HOST INTERFACE", "MODE", "NETWORK", "STATE", "POD");
            all.forEach(one -> table.row(shortened(one.id().containerId()), one.id().interfaceName(), Text.orDash(addresses(one)), one.hostInterface().isEmpty() ? "-" : one.hostInterface(),
                    one.mode(), one.network(), new Cell(Text.lower(one.state()), one.state() == Endpoint.State.READY ? Tone.GOOD : Tone.WARN), pod(one)));
            return table.render(screen);
        });
    }

    public static Document show(Services services, String name) {
        Endpoint one = find(services.need(Endpoints.class), name);
        Map<String, Object> json = json(one);
        json.put("ports", NatViews.ports(services, one.id()));
        return new Document(json, _ -> Text.facts("Container", one.id().containerId(), "Interface", one.id().interfaceName(), "Namespace", one.netns(), "Host interface",
                one.hostInterface().isEmpty() ? "-" : one.hostInterface(), "Addresses", Text.orDash(addresses(one)), "Hardware address", one.mac().map(Object::toString).orElse("-"),
                "MTU", one.mtu() == 0 ? "-" : one.mtu(), "Mode", one.mode(), "Network", one.network(), "State", Text.lower(one.state()), "Ports of the host", NatViews.ports(services, one.id()), "Added", Text.time(one.addedMillis()), "Arguments",
                one.arguments().isEmpty() ? "-" : one.arguments()));
    }

    public static Document explain(Services services, String name) {
        Endpoints endpoints = services.need(Endpoints.class);
        Endpoints.Explanation found = endpoints.explain(find(endpoints, name).id()).orElseThrow(() -> new Failure("TMB-SHL-011 the endpoint " + name + " is gone meanwhile."));
        Map<String, Object> json = json(found.endpoint());
        json.putAll(map("plan", found.plan(), "differences", found.differences(), "counters", found.counters().map(EndpointViews::json)));
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder(found.endpoint().id() + " " + Text.orDash(addresses(found.endpoint())) + "\n");
            found.counters().ifPresent(counters -> text.append("Sent by the container: ").append(counters.receivedPackets()).append(" packets, ").append(Text.bytes(counters.receivedBytes()))
                    .append("; received: ").append(counters.sentPackets()).append(" packets, ").append(Text.bytes(counters.sentBytes())).append("; dropped: ").append(counters.dropped())
                    .append('\n'));
            text.append(found.plan().isEmpty() ? "\nAnother plugin made the interface; nothing of it is looked after here.\n" : "\nShould be in the kernel:\n");
            found.plan().forEach(line -> text.append("  ").append(Table.clean(line)).append('\n'));
            if (!found.plan().isEmpty()) {
                text.append(found.differences().isEmpty() ? "\n" + Tone.GOOD.paint("The kernel has all of it.", screen) + "\n" : "\n" + Tone.BAD.paint("Differs:", screen) + "\n");
                found.differences().forEach(line -> text.append("  ").append(Table.clean(line)).append('\n'));
            }
            return text.toString();
        });
    }

    /** By whatever endpoint:list shows of it, as far as that is clear: container and interface, the host's end, an address, the pod; or by the beginning of the container's id. */
    private static Endpoint find(Endpoints endpoints, String name) {
        List<Endpoint> all = endpoints.list();
        Optional<Endpoint> exact = all.stream().filter(one -> one.id().toString().equals(name)).findFirst();
        List<Endpoint> matching = all.stream().filter(one -> one.id().containerId().startsWith(name) || one.hostInterface().equals(name) || pod(one).equals(name) && !name.equals("-")
                || addresses(one).contains(name)).toList();
        if (exact.isEmpty() && matching.size() != 1) {
            throw new Failure("TMB-SHL-011 " + (matching.isEmpty() ? "there is no endpoint " + name + "; endpoint:list shows them."
                    : name + " means " + matching.size() + " endpoints: " + String.join(", ", matching.stream().limit(5).map(one -> one.id().toString()).toList()) + "; say more of it."));
        }
        return exact.orElseGet(matching::getFirst);
    }

    private static Map<String, Object> json(Endpoint one) {
        return map("container", one.id().containerId(), "interface", one.id().interfaceName(), "network", one.network(), "mode", one.mode(), "netns", one.netns(), "hostInterface",
                one.hostInterface(), "mac", one.mac(), "mtu", one.mtu(), "addresses", addresses(one), "state", Text.lower(one.state()), "arguments", one.arguments(), "addedMillis", one.addedMillis());
    }

    private static Map<String, Object> json(Counters counters) {
        return map("receivedPackets", counters.receivedPackets(), "receivedBytes", counters.receivedBytes(), "sentPackets", counters.sentPackets(), "sentBytes", counters.sentBytes(),
                "dropped", counters.dropped());
    }

    private static List<String> addresses(Endpoint one) {
        return one.addresses().stream().map(address -> address.address().toString()).toList();
    }

    private static String pod(Endpoint one) {
        String pod = one.arguments().getOrDefault("K8S_POD_NAME", "");
        return pod.isEmpty() ? "-" : one.arguments().getOrDefault("K8S_POD_NAMESPACE", "") + "/" + pod;
    }

    /** As docker and crictl show them. */
    private static String shortened(String container) {
        return container.length() <= 13 ? container : container.substring(0, 13);
    }
}
