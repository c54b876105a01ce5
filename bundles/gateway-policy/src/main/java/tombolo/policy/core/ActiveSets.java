package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;
import tombolo.api.selector.Selector;

/** The contents of the sets that rules in force refer to, and of no others. A set is there for as long as somebody has acquired it. */
final class ActiveSets {
    /** One set. */
    private static final class Contents {
        final SetId id;
        final NetUnion nets = new NetUnion();
        /** Until the set is told of, as a whole, nobody asks what came and went. */
        final Changes<Prefix> unheard = Changes.ignored();
        final Changes<Prefix> netChanges = new Changes<>();
        final TreeMap<SetId.PortMember, Integer> ports = new TreeMap<>();
        final Changes<SetId.PortMember> portChanges = new Changes<>();
        int users;
        boolean told;

        Contents(SetId id) {
            this.id = id;
        }

        void add(Member member) {
            switch (id) {
                case SetId.Nets _ -> member.nets().forEach(net -> nets.add(net, told ? netChanges : unheard));
                case SetId.Ports wanted -> each(member, wanted, port -> {
                    if (ports.merge(port, 1, Integer::sum) == 1 && told) {
                        portChanges.add(port);
                    }
                });
            }
        }

        void remove(Member member) {
            switch (id) {
                case SetId.Nets _ -> member.nets().forEach(net -> nets.remove(net, told ? netChanges : unheard));
                case SetId.Ports wanted -> each(member, wanted, port -> {
                    if (ports.merge(port, -1, Integer::sum) == 0) {
                        ports.remove(port);
                        if (told) {
                            portChanges.remove(port);
                        }
                    }
                });
            }
        }

        private static void each(Member member, SetId.Ports wanted, java.util.function.Consumer<SetId.PortMember> to) {
            for (Member.Port port : member.ports()) {
                if (port.name().equals(wanted.name()) && port.protocol().equals(wanted.protocol())) {
                    for (Prefix net : member.nets()) {
                        to.accept(new SetId.PortMember(net.address(), port.protocol(), port.port()));
                    }
                }
            }
        }

        int size() {
            return id instanceof SetId.Nets ? nets.size() : ports.size();
        }

        Model.SetContents all() {
            return new Model.SetContents(nets.content(), List.copyOf(ports.keySet()));
        }
    }

    private final MatchIndex<ResourceId> index = new MatchIndex<>(this::matches);
    private final Map<ResourceId, Member> members = new HashMap<>();
    private final Map<SetId, Contents> sets = new HashMap<>();
    private final Map<Selector, List<Contents>> bySelector = new HashMap<>();
    private final Set<Contents> changed = new HashSet<>();
    private final Set<SetId> gone = new HashSet<>();

    void put(ResourceId id, Member member, Traits traits) {
        Member before = members.put(id, member);
        if (before != null && !before.equals(member)) {
            for (Selector selector : index.selectorsOf(id)) {
                for (Contents contents : bySelector.get(selector)) {
                    // First in, then out: what stays is not told as gone.
                    contents.add(member);
                    contents.remove(before);
                    changed.add(contents);
                }
            }
        }
        index.put(id, traits);
    }

    void remove(ResourceId id) {
        index.remove(id); // tells of the sets that it leaves, for which what it brought is still needed
        members.remove(id);
    }

    void parent(String name, Map<String, String> labels) {
        index.parent(name, labels);
    }

    private void matches(ResourceId id, List<Selector> started, List<Selector> stopped) {
        Member member = members.get(id);
        for (Selector selector : stopped) {
            bySelector.get(selector).forEach(contents -> {
                contents.remove(member);
                changed.add(contents);
            });
        }
        for (Selector selector : started) {
            bySelector.get(selector).forEach(contents -> {
                contents.add(member);
                changed.add(contents);
            });
        }
    }

    void acquire(SetId id) {
        Contents contents = sets.get(id);
        if (contents == null) {
            contents = new Contents(id);
            sets.put(id, contents);
            Collection<ResourceId> matching = index.add(id.selector());
            bySelector.computeIfAbsent(id.selector(), _ -> new ArrayList<>(1)).add(contents);
            for (ResourceId each : matching) {
                contents.add(members.get(each));
            }
            gone.remove(id); // a set that went and came within one step is told anew, whole
            changed.add(contents);
        }
        contents.users++;
    }

    void release(SetId id) {
        Contents contents = sets.get(id);
        if (contents == null || --contents.users > 0) {
            return;
        }
        sets.remove(id);
        changed.remove(contents);
        if (contents.told) {
            gone.add(id);
        }
        List<Contents> others = bySelector.get(id.selector());
        others.remove(contents);
        if (others.isEmpty()) {
            bySelector.remove(id.selector());
            index.remove(id.selector());
        }
    }

    /** Whoever asks for all of it is told nothing of how it came. */
    void tellNothing() {
        for (Contents contents : changed) {
            contents.netChanges.clear();
            contents.portChanges.clear();
            contents.told = true;
        }
        changed.clear();
        gone.clear();
    }

    /** What became of the sets since the last call. */
    void tell(Map<SetId, Model.SetDelta> deltas, Set<SetId> gonePast) {
        for (Contents contents : changed) {
            if (!contents.told) {
                deltas.put(contents.id, new Model.SetDelta(true, contents.all(), Model.SetContents.EMPTY));
            } else if (!contents.netChanges.isEmpty() || !contents.portChanges.isEmpty()) {
                deltas.put(contents.id, new Model.SetDelta(false, new Model.SetContents(sorted(contents.netChanges.added()), sorted(contents.portChanges.added())),
                        new Model.SetContents(sorted(contents.netChanges.removed()), sorted(contents.portChanges.removed()))));
            }
            contents.netChanges.clear();
            contents.portChanges.clear();
            contents.told = true;
        }
        changed.clear();
        gonePast.addAll(gone);
        gone.clear();
    }

    private static <E extends Comparable<? super E>> List<E> sorted(List<E> list) {
        Collections.sort(list);
        return list;
    }

    // ---------------------------------------------------------------- questions

    SortedMap<SetId, Model.SetContents> all() {
        SortedMap<SetId, Model.SetContents> all = new TreeMap<>();
        sets.forEach((id, contents) -> all.put(id, contents.all()));
        return all;
    }

    Set<SetId> ids() {
        return sets.keySet();
    }

    int size(SetId id) {
        return Optional.ofNullable(sets.get(id)).map(Contents::size).orElse(0);
    }

    Model.SetContents content(SetId id) {
        return Optional.ofNullable(sets.get(id)).map(Contents::all).orElse(Model.SetContents.EMPTY);
    }

    boolean contains(SetId.Nets id, IpAddress address) {
        Contents contents = sets.get(id);
        return contents != null && contents.nets.contains(address);
    }

    boolean contains(SetId.Ports id, IpAddress address, IpProtocol protocol, int port) {
        Contents contents = sets.get(id);
        return contents != null && contents.ports.containsKey(new SetId.PortMember(address, protocol, port));
    }

    Optional<Member> member(ResourceId id) {
        return Optional.ofNullable(members.get(id));
    }

    Optional<Map<String, String>> labels(ResourceId id) {
        return index.labels(id);
    }
}
