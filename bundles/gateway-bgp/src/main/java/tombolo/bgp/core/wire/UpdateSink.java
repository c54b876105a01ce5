package tombolo.bgp.core.wire;

import tombolo.api.net.AddressFamily;

/**
 * Takes what an UPDATE says. Withdrawals come before announcements (RFC 4271 §4.3: a prefix in both fields counts as announced). Prefixes are packed as in
 * {@link tombolo.api.net.IpAddress}: an IPv4 address is the low 32 bits of {@code lo}; bits behind the length are zero.
 */
public interface UpdateSink {
    void withdraw(AddressFamily family, long hi, long lo, int length);

    /** @param attributeId valid during the call of the decoder: who keeps it calls {@link AttributeTable#retain} */
    void announce(AddressFamily family, long hi, long lo, int length, int attributeId);

    /** RFC 4724 §2. */
    void endOfRib(AddressFamily family);

    void error(UpdateError error);
}
