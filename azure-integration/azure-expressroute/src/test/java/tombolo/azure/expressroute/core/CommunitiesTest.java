package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommunitiesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"12076:51004|Microsoft peering, East US", "12076:50002|private peering, West Europe", "12076:52043|Storage, Norway West", "12076:5060|Entra ID",
        "12076:51105|US Gov Virginia", "12076:5110|Exchange Online (US Gov)", "12076:51301|China North"})
    void aCommunityHasAName(String community, String name) {
        assertEquals(Optional.of(name), Communities.name(community));
        assertEquals(Optional.of(community), Communities.byName(name));
    }

    @Test
    void whatIsNotKnownIsSaidByItsNumberOrNotAtAll() {
        assertEquals(Optional.of("Microsoft peering, region 99"), Communities.name("12076:51099"));
        assertEquals(Optional.of("a virtual network's own"), Communities.name("12076:20001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"65000:100", "12076:", "12076:x", "12076:99999", "12076:123456", "12076:1"})
    void nobodyElsesCommunityHasOne(String community) {
        assertEquals(Optional.empty(), Communities.name(community));
    }
}
