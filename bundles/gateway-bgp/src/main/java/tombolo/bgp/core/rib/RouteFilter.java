package tombolo.bgp.core.rib;

import tombolo.api.net.AddressFamily;

/** A chain of filters, compiled for one peer and direction. */
interface RouteFilter {
    /** The attribute set as the filters leave it, with one reference for the caller; 0 where they reject. */
    int evaluate(AddressFamily family, long hi, long lo, int length, int set);

    /** Which filter and rule decided, for people: "accepted by filter 'from-onprem' rule 20". */
    String trace(AddressFamily family, long hi, long lo, int length, int set);
}
