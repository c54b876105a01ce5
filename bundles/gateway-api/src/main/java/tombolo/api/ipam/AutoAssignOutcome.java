package tombolo.api.ipam;

import java.util.List;

/** What a wish for addresses came to. Addresses that are named are held, durably. */
public sealed interface AutoAssignOutcome {
    /** All that was asked for. */
    record Assigned(List<HeldAddress> ipv4, List<HeldAddress> ipv6) implements AutoAssignOutcome {
        public Assigned {
            ipv4 = List.copyOf(ipv4);
            ipv6 = List.copyOf(ipv6);
        }
    }

    /** Fewer than asked for, and held: release them where they are of no use. @param why one for each family that fell short */
    record Fewer(List<HeldAddress> ipv4, List<HeldAddress> ipv6, List<Refusal> why) implements AutoAssignOutcome {
        public Fewer {
            ipv4 = List.copyOf(ipv4);
            ipv6 = List.copyOf(ipv6);
            why = List.copyOf(why);
        }
    }

    /** None. */
    record Refused(Refusal refusal) implements AutoAssignOutcome { }
}
