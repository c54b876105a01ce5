package tombolo.api.resource;

import java.util.List;
import tombolo.api.net.Prefix;

/** {@code IPReservation}: addresses that are not given out anew; those in use stay in use. */
public record IpReservation(List<Prefix> reservedCidrs) implements ResourceSpec {
    public IpReservation {
        reservedCidrs = List.copyOf(reservedCidrs);
    }
}
