package tombolo.bgp.core.rib;

/**
 * Encoded messages for the members of a group, in parts that go to different members.
 *
 * @param bytes    messages back to back; never changed
 * @param ends     where each part ends; a part begins where the one before ends
 * @param targets  for each part: 0 all members, +i all but the peer of index i, -i only that peer
 * @param messages for each part
 * @param prefixes what the chunk is about, for a member that falls behind
 */
record Chunk(byte[] bytes, int[] ends, int[] targets, int[] messages, int[] prefixes) {
    int octets() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    int parts() {
        return ends.length;
    }

    int start(int part) {
        return part == 0 ? 0 : ends[part - 1];
    }

    boolean isFor(int part, int peerIndex) {
        int target = targets[part];
        return target == 0 || (target > 0 ? target != peerIndex : -target == peerIndex);
    }
}
