package tombolo.fabric.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.InterfaceAddress;

class DetectionTest {
    private static Link link(int index, String name, boolean up, String... addresses) {
        return new Link(index, name, Optional.empty(), up, up, 1500, java.util.Arrays.stream(addresses).map(InterfaceAddress::parse)
                .map(address -> new Link.InterfaceAddress(address.address(), address.length())).toList());
    }

    private static final List<Link> LINKS = List.of(link(9, "eth9", true, "10.9.0.1/24", "10.99.0.1/24"), link(1, "lo", true, "127.0.0.1/8", "192.0.2.9/32"),
            link(2, "docker0", true, "172.17.0.1/16"), link(3, "eth0", false, "10.0.0.1/24"), link(4, "eth1", true, "fe80::1/64", "10.1.0.1/24", "2001:db8::1/64"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "first-found | 10.1.0.1/24", "interface=eth9 | 10.9.0.1/24", "interface=^lo$ | 192.0.2.9/32", "interface=none | -", "skip-interface=eth1 | 10.9.0.1/24",
            "cidr=10.99.0.0/16,10.5.0.0/16 | 10.99.0.1/24", "cidr=10.0.0.0/24 | -", "can-reach=10.99.0.7 | 10.99.0.1/24", "can-reach=8.8.8.8 | 10.9.0.1/24"})
    void theAddressIsFoundAsCaliconodeFindsIt(String method, String expected) {
        Optional<InterfaceAddress> found = Detection.address(AddressFamily.IPV4, "autodetect", method, LINKS, address -> Optional.of("eth9"));
        assertEquals(expected, found.map(InterfaceAddress::toString).orElse("-"));
    }

    @Test
    void anAddressThatIsSetIsTakenAndNoneIsNone() {
        assertEquals(Optional.of(InterfaceAddress.parse("10.7.7.7/30")), Detection.address(AddressFamily.IPV4, "10.7.7.7/30", "first-found", List.of(), any -> Optional.empty()));
        assertEquals(Optional.empty(), Detection.address(AddressFamily.IPV4, "none", "first-found", LINKS, any -> Optional.empty()));
        assertEquals("2001:db8::1", Detection.address(AddressFamily.IPV6, "autodetect", "first-found", LINKS, any -> Optional.empty()).map(InterfaceAddress::address)
                .map(IpAddress::toString).orElseThrow());
    }
}
