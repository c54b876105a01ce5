package tombolo.api.resource;

/** The typed view of a resource's {@code spec}: one immutable record per kind, the fields named as the kind spells them, defaults applied. */
public sealed interface ResourceSpec permits ResourceSpec.Unknown, IpPool, IpReservation, IpamConfiguration {
    /** A kind that nobody here knows: kept and handed on, never interpreted. */
    record Unknown() implements ResourceSpec { }
}
