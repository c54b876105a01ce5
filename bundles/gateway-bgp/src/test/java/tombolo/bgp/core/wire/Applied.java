package tombolo.bgp.core.wire;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** A sink that keeps what it is told, sets by their octets. */
class Applied implements UpdateSink {
    final AttributeTable table;
    Outcome outcome = Outcome.Ok.OK;
    final Map<Prefix, String> announced = new LinkedHashMap<>();
    final List<Prefix> withdrawn = new ArrayList<>();
    final List<AddressFamily> ends = new ArrayList<>();
    final List<UpdateError> errors = new ArrayList<>();

    Applied(AttributeTable table) {
        this.table = table;
    }

    static Prefix prefix(AddressFamily family, long hi, long lo, int length) {
        return new Prefix(new IpAddress(family, hi, lo), length);
    }

    @Override
    public void withdraw(AddressFamily family, long hi, long lo, int length) {
        withdrawn.add(prefix(family, hi, lo, length));
    }

    @Override
    public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
        announced.put(prefix(family, hi, lo, length), HexFormat.of().formatHex(table.canonical(attributeId)));
    }

    @Override
    public void endOfRib(AddressFamily family) {
        ends.add(family);
    }

    @Override
    public void error(UpdateError error) {
        errors.add(error);
    }
}
