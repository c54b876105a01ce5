package tombolo.api.expressroute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MicrosoftCommunitiesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"12076:51004|Microsoft peering, East US", "12076:50002|private peering, West Europe", "12076:52043|Storage, Norway West", "12076:5060|Entra ID",
        "12076:51105|US Gov Virginia", "12076:5110|Exchange Online (US Gov)", "12076:51301|China North"})
    void aCommunityHasAName(String community, String name) {
        assertEquals(Optional.of(name), MicrosoftCommunities.name(community));
    }

    @ParameterizedTest
    @CsvSource({"microsoft-peering.east-us,12076:51004", "private-peering.west-europe,12076:50002", "entra-id,12076:5060", "sql-database.north-europe,12076:53003", "us-gov-virginia,12076:51105",
        "exchange-online-us-gov,12076:5110"})
    void aWordStandsForACommunity(String word, String community) {
        assertEquals(Optional.of(community), MicrosoftCommunities.byWord(word));
    }

    @Test
    void anotherWordStandsForNone() {
        assertEquals(Optional.empty(), MicrosoftCommunities.byWord("microsoft-peering.atlantis"));
    }

    @Test
    void whatIsNotKnownIsSaidByItsNumberOrNotAtAll() {
        assertEquals(Optional.of("Microsoft peering, region 99"), MicrosoftCommunities.name("12076:51099"));
        assertEquals(Optional.of("a virtual network's own"), MicrosoftCommunities.name("12076:20001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"65000:100", "12076:", "12076:x", "12076:99999", "12076:123456", "12076:1"})
    void nobodyElsesCommunityHasOne(String community) {
        assertEquals(Optional.empty(), MicrosoftCommunities.name(community));
    }
}
