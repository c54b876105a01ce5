package tombolo.azure.cni.adapter;

import java.util.List;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.core.CnsMessages.Caller;
import tombolo.azure.cni.core.HostAccess;

/**
 * What CNS was asked for by a container, and gave.
 *
 * @param addresses none: asked, and the answer not known
 * @param owed      whether it has to be given back without anybody asking for that
 */
record Hold(Caller caller, String url, List<InterfaceAddress> addresses, String boot, boolean owed, Access access) {
    /** How a container reaches the machine's services. */
    sealed interface Access {
        /** Given before this was written down, or when the record was lost: there may be translations in force for it. */
        record Unknown() implements Access { }

        /** Without this host's doing: by an overlay's fabric, or not at all. */
        record None() implements Access { }

        record By(HostAccess services) implements Access { }
    }

    Hold {
        addresses = List.copyOf(addresses);
    }

    List<IpAddress> held() {
        return addresses.stream().map(InterfaceAddress::address).toList();
    }

    boolean isContainers() {
        return !owed && !addresses.isEmpty();
    }

    boolean isUnlearned() {
        return isContainers() && access instanceof Access.Unknown;
    }

    Hold with(List<InterfaceAddress> given, boolean back) {
        return new Hold(caller, url, given, boot, back, access);
    }

    Hold with(List<InterfaceAddress> given, Access services) {
        return new Hold(caller, url, given, boot, false, services);
    }
}
