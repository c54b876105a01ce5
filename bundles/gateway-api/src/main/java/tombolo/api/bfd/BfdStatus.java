package tombolo.api.bfd;

import java.util.List;
import java.util.Optional;
import tombolo.api.config.BfdAuthentication;

/**
 * A session as people see it. Times are milliseconds since the epoch, intervals µs.
 *
 * @param holders          for whom it is held
 * @param sinceMillis      when the present state began
 * @param diagnostic       why it last went down, in words and with the number of RFC 5880 §4.1; "0 none" where it never did
 * @param remoteDiagnostic what the neighbour last said of its side
 * @param transmitMicros   how often packets go now, before jitter: the greater of what we wish and what the neighbour takes; 0: they do not go
 * @param receiveMicros    how often packets are to come
 * @param detectionMicros  after what silence the session goes down; 0: not known yet
 * @param remoteMultiplier the neighbour's; 0: nothing heard yet
 * @param detail           operator text on what the session waits for; empty: nothing
 * @param downs            how often it went from Up to Down
 * @param remoteDemand     the neighbour has asked for demand mode (RFC 5880 §6.6), so that we send nothing by ourselves
 * @param remoteIndependent the neighbour's C bit: its BFD outlives its control plane
 */
public record BfdStatus(BfdPath path, List<String> holders, BfdState state, BfdState remoteState, long sinceMillis, String diagnostic, String remoteDiagnostic,
                        int localDiscriminator, int remoteDiscriminator, long transmitMicros, long receiveMicros, long detectionMicros, int multiplier, int remoteMultiplier,
                        Optional<BfdAuthentication.Kind> authentication, long packetsOut, long packetsIn, long packetsRefused, long downs, String detail,
                        boolean remoteDemand, boolean remoteIndependent) {
    public BfdStatus {
        holders = List.copyOf(holders);
    }
}
