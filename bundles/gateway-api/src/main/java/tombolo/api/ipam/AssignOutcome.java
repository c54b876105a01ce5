package tombolo.api.ipam;

/** What a wish for one given address came to. */
public sealed interface AssignOutcome {
    record Assigned(HeldAddress address) implements AssignOutcome { }

    record Refused(Refusal refusal) implements AssignOutcome { }
}
