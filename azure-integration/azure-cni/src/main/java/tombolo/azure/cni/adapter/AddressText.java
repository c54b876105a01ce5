package tombolo.azure.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;

/** Addresses in the journals: {@code "addresses": ["10.240.0.5/16"]}. */
final class AddressText {
    private AddressText() { }

    static Json.Arr write(List<InterfaceAddress> addresses) {
        return Json.Arr.texts(addresses.stream().map(address -> address.address() + "/" + address.prefixLength()).toList());
    }

    /** @throws IllegalArgumentException where there is none, or something else */
    static List<InterfaceAddress> read(Json.Obj tree) {
        List<InterfaceAddress> addresses = new ArrayList<>();
        for (Json item : tree.array("addresses")) {
            String text = item instanceof Json.Text(String value) ? value : "";
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException("'" + text + "' is no address with a prefix length");
            }
            addresses.add(new InterfaceAddress(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1))));
        }
        return addresses;
    }
}
