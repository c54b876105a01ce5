package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Part;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;

/**
 * What a circuit has on this node.
 *
 * @param links interfaces, each after the one that carries it
 * @param parts filters and BGP peers, in the words of etc/. A secret is in them by reference alone
 */
public record NodeSide(List<Subinterface> links, List<Part> parts) {
    public static final NodeSide EMPTY = new NodeSide(List.of(), List.of());

    public NodeSide {
        links = List.copyOf(links);
        parts = List.copyOf(parts);
    }

    /** One difference between two sides. */
    public sealed interface Change {
        record PutLink(Subinterface link) implements Change { }

        record RemoveLink(String name) implements Change { }

        record PutPart(Part part) implements Change { }

        record RemovePart(Contribution.Kind kind, String name) implements Change { }
    }

    public Optional<Subinterface> link(String name) {
        return links.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    public Optional<Part> part(Contribution.Kind kind, String name) {
        return parts.stream().filter(each -> each.kind() == kind && each.name().equals(name)).findFirst();
    }

    /** With the changes; what is put anew stands at the end. */
    public NodeSide with(List<Change> changes) {
        Map<String, Subinterface> byName = new LinkedHashMap<>();
        links.forEach(each -> byName.put(each.name(), each));
        Map<String, Part> byKind = new LinkedHashMap<>();
        parts.forEach(each -> byKind.put(each.kind() + " " + each.name(), each));
        for (Change change : changes) {
            switch (change) {
                case Change.PutLink(Subinterface link) -> byName.put(link.name(), link);
                case Change.RemoveLink(String name) -> byName.remove(name);
                case Change.PutPart(Part part) -> byKind.put(part.kind() + " " + part.name(), part);
                case Change.RemovePart(Contribution.Kind kind, String name) -> byKind.remove(kind + " " + name);
            }
        }
        return new NodeSide(List.copyOf(byName.values()), List.copyOf(byKind.values()));
    }

    public Json.Obj json() {
        return Json.Obj.EMPTY.with("links", new Json.Arr(links.stream().<Json>map(NodeSide::json).toList())).with("parts", new Json.Arr(parts.stream().<Json>map(NodeSide::json).toList()));
    }

    private static Json.Obj json(Subinterface link) {
        Json.Obj json = Json.Obj.EMPTY.with("name", link.name()).with("parent", link.encapsulation().parent());
        json = switch (link.encapsulation()) {
            case Encapsulation.Vlan vlan -> json.with("protocol", vlan.protocol().word()).with("vlan", vlan.id());
            case Encapsulation.Vxlan vxlan -> json.with("vni", vxlan.vni()).with("local", vxlan.local().map(IpAddress::toString).orElse("")).with("remote", vxlan.remote().toString()).with("port", vxlan.port());
        };
        json = json.with("mtu", link.mtu()).with("addresses", Json.Arr.texts(link.addresses().stream().map(each -> each.address() + "/" + each.prefixLength()).toList()));
        return link.tcpMss().isPresent() ? json.with("tcpMss", link.tcpMss().getAsInt()) : json;
    }

    private static Json.Obj json(Part part) {
        Map<String, Json> values = new LinkedHashMap<>();
        part.values().forEach((key, value) -> values.put(key, new Json.Text(value)));
        return Json.Obj.EMPTY.with("kind", part.kind().name()).with("name", part.name()).with("level", part.level().name()).with("origin", part.origin()).with("values", new Json.Obj(values));
    }

    /** @throws IllegalArgumentException where that is none */
    public static NodeSide read(Json.Obj json) {
        List<Subinterface> links = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (Json each : json.array("links")) {
            links.add(link((Json.Obj) each));
        }
        for (Json each : json.array("parts")) {
            Json.Obj part = (Json.Obj) each;
            Map<String, String> values = new LinkedHashMap<>();
            part.object("values").orElse(Json.Obj.EMPTY).members().forEach((key, value) -> values.put(key, ((Json.Text) value).value()));
            parts.add(new Part(Contribution.Kind.valueOf(need(part, "kind")), need(part, "name"), Contribution.Level.valueOf(need(part, "level")), need(part, "origin"), values));
        }
        return new NodeSide(links, parts);
    }

    private static Subinterface link(Json.Obj json) {
        String parent = need(json, "parent");
        Encapsulation encapsulation = json.integer("vlan").isPresent()
                ? new Encapsulation.Vlan(parent, Subinterface.Protocol.of(need(json, "protocol")).orElseThrow(() -> new IllegalArgumentException("protocol")), number(json, "vlan"))
                : new Encapsulation.Vxlan(parent, number(json, "vni"), json.text("local").filter(text -> !text.isEmpty()).map(IpAddress::parse), IpAddress.parse(need(json, "remote")), number(json, "port"));
        List<InterfaceAddress> addresses = new ArrayList<>();
        for (Json each : json.array("addresses")) {
            String[] halves = ((Json.Text) each).value().split("/");
            addresses.add(new InterfaceAddress(IpAddress.parse(halves[0]), Integer.parseInt(halves[1])));
        }
        return new Subinterface(need(json, "name"), encapsulation, number(json, "mtu"), addresses, json.integer("tcpMss").isPresent() ? OptionalInt.of(number(json, "tcpMss")) : OptionalInt.empty());
    }

    private static int number(Json.Obj json, String name) {
        return Math.toIntExact(json.integer(name).orElseThrow(() -> new IllegalArgumentException(name)));
    }

    private static String need(Json.Obj json, String name) {
        return json.text(name).orElseThrow(() -> new IllegalArgumentException(name));
    }
}
