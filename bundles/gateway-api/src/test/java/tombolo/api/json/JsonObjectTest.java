package tombolo.api.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Objects: immutable whichever way they were made, in order, and equal by what is in them. */
class JsonObjectTest {
    private static final Json.Obj MADE = Json.Obj.of("b", new Json.Text("1")).with("a", 2).with("c", true);

    @Test
    void nobodyChangesWhatIsInOne() {
        Map<String, Json> own = new LinkedHashMap<>(Map.of("a", Json.Null.NULL));
        Json.Obj copied = new Json.Obj(own);
        own.put("b", Json.Bool.TRUE);
        assertEquals(1, copied.members().size());
        for (Json.Obj one : List.of(MADE, copied, MADE.without("c"), new Json.Obj.Builder().with("a", "1").build())) {
            assertThrows(UnsupportedOperationException.class, () -> one.members().put("x", Json.Null.NULL));
            assertThrows(UnsupportedOperationException.class, () -> one.members().remove("a"));
            assertThrows(UnsupportedOperationException.class, () -> one.members().keySet().clear());
            assertThrows(UnsupportedOperationException.class, () -> one.members().values().clear());
            assertThrows(UnsupportedOperationException.class, () -> one.members().entrySet().iterator().next().setValue(Json.Null.NULL));
        }
    }

    @Test
    void membersKeepTheirPlaces() {
        assertEquals(List.of("b", "a", "c"), List.copyOf(MADE.members().keySet()));
        assertEquals(List.of("b", "a", "c"), List.copyOf(MADE.with("a", 3).members().keySet()));
        assertEquals(List.of("b", "c"), List.copyOf(MADE.without("a").members().keySet()));
        assertEquals(3, MADE.with("a", 3).integer("a").orElseThrow());
        assertEquals(2, MADE.integer("a").orElseThrow(), "the one that it was made of is as it was");
    }

    @Test
    void whatIsInThemMakesThemEqual() {
        Json.Obj same = new Json.Obj(Map.of("a", Json.Num.of(2), "b", new Json.Text("1"), "c", Json.Bool.TRUE));
        assertEquals(MADE, same);
        assertEquals(MADE.hashCode(), same.hashCode());
        assertTrue(MADE.members().containsKey("a") && !MADE.members().containsKey("x"));
        assertEquals(Optional.empty(), MADE.get("x"));
    }

    @Test
    void aBuilderIsOfUseOnce() {
        Json.Obj.Builder builder = new Json.Obj.Builder().with("a", "1").with("a", "2");
        assertEquals(Json.Obj.of("a", new Json.Text("2")), builder.build());
        assertThrows(IllegalStateException.class, () -> builder.with("b", "3"));
        assertThrows(IllegalStateException.class, builder::build);
    }
}
