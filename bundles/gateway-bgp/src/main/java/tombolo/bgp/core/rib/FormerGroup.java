package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an update group of the former bundle had told its members.
 *
 * @param members peer indexes
 * @param unsure  for each member the prefixes of which it may hold anything
 * @param due     for each member: 1 End-of-RIB, 2 EoRR is still to be sent
 */
record FormerGroup(IntColumn sent, ShortColumn source, int[] members, DirtySet[] unsure, int[] due) {
    static final int END_OF_RIB = 1;
    static final int END_OF_REFRESH = 2;

    static void export(String prefix, List<UpdateGroup> groups, Map<String, Long> scalars, Map<String, Object> tables) {
        scalars.put(prefix + "groups", (long) groups.size());
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).export(prefix + "group." + i + ".", tables);
        }
    }

    static List<FormerGroup> adopt(String prefix, Map<String, Long> scalars, Map<String, Object> tables) {
        List<FormerGroup> groups = new ArrayList<>();
        for (int i = 0; i < Handover.scalar(scalars, prefix + "groups"); i++) {
            String name = prefix + "group." + i + ".";
            long[][] unsure = (long[][]) Handover.table(tables, name + "unsure");
            DirtySet[] sets = new DirtySet[unsure.length];
            for (int member = 0; member < unsure.length; member++) {
                sets[member] = DirtySet.of(unsure[member]);
            }
            groups.add(new FormerGroup(new IntColumn((int[][]) Handover.table(tables, name + "sent")), new ShortColumn((short[][]) Handover.table(tables, name + "source")),
                    (int[]) Handover.table(tables, name + "members"), sets, (int[]) Handover.table(tables, name + "due")));
        }
        return groups;
    }

    /** The place of a peer among the members, -1: it was none. */
    int place(int peerIndex) {
        for (int i = 0; i < members.length; i++) {
            if (members[i] == peerIndex) {
                return i;
            }
        }
        return -1;
    }
}
