package tombolo.ipam.core;

import java.util.List;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** Addresses that are not given out anew. */
public record Reservations(List<Prefix> cidrs) {
    public static final Reservations NONE = new Reservations(List.of());

    public Reservations {
        cidrs = List.copyOf(cidrs);
    }

    public boolean holds(IpAddress address) {
        for (Prefix cidr : cidrs) {
            if (cidr.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** Nothing of the block can be given out, because one reservation covers it. */
    public boolean coversWhole(Prefix block) {
        for (Prefix cidr : cidrs) {
            if (cidr.covers(block)) {
                return true;
            }
        }
        return false;
    }

    /** Those that concern a block. */
    public Reservations within(Prefix block) {
        if (cidrs.isEmpty()) {
            return NONE;
        }
        List<Prefix> meeting = cidrs.stream().filter(cidr -> cidr.covers(block) || block.covers(cidr)).toList();
        return meeting.isEmpty() ? NONE : new Reservations(meeting);
    }
}
