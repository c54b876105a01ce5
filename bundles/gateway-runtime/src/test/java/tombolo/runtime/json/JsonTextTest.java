package tombolo.runtime.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;

class JsonTextTest {
    private static final String TEXT = "{\"b\":1.50,\"a\":[true,null,\"ü\\n\",18446744073709551615,1e400],\"c\":{}}";

    @Test
    void whatIsReadIsWrittenAsItWas() throws Exception {
        Json value = JsonText.parse(TEXT);
        assertEquals(TEXT, JsonText.line(value));
        assertArrayEquals(TEXT.getBytes(StandardCharsets.UTF_8), JsonText.bytes(JsonText.parse(TEXT.getBytes(StandardCharsets.UTF_8))));
        assertEquals(value, JsonText.parse(JsonText.pretty(value)));
    }

    /** RFC 8259 §7: quotation mark, reverse solidus and U+0000 to U+001F must be escaped; §8.2: half a surrogate pair can only be said by its escape. */
    @Test
    void everyTextIsReadBackAsItWas() throws Exception {
        for (int c = 0; c <= 0xffff; c++) {
            String name = Character.isSurrogate((char) c) ? "n" : "n" + (char) c; // Jackson reads half a pair in a value only
            Json text = Json.Obj.of(name, new Json.Text("a" + (char) c + "b"));
            assertEquals(text, JsonText.parse(JsonText.bytes(text)), Integer.toHexString(c));
        }
        assertEquals("\"\\u0001\\n\\\"\\\\/\\uD83D \uD83D\uDE00\"", JsonText.line(new Json.Text("\u0001\n\"\\/\ud83d \ud83d\ude00")));
        assertEquals("[[],{},[1,2]]", JsonText.line(Json.Arr.of(Json.Arr.EMPTY, Json.Obj.EMPTY, Json.Arr.of(Json.Num.of(1), Json.Num.of(2)))));
    }

    @Test
    void whatIsNotOneValueIsRefusedWithItsPlace() {
        for (String text : List.of("", "{", "{\"a\":1,}", "[1] 2", "{\"a\":1,\"a\":2}", "nul", "\"\u0001\"", "01", "{\"a\" 1}", "[NaN]")) {
            JsonText.Malformed problem = assertThrows(JsonText.Malformed.class, () -> JsonText.parse(text), text);
            assertTrue(problem.line() == 1 && problem.column() >= 1, text);
        }
        assertEquals(3, assertThrows(JsonText.Malformed.class, () -> JsonText.parse("{\n\"a\": 1,\n\"b\" 2}")).line());
    }

    @Test
    void deepAndLargeDocumentsAreRefused() {
        String deep = "[".repeat(100_000);
        assertTrue(assertThrows(JsonText.Malformed.class, () -> JsonText.parse(deep)).getMessage().contains("200"));
        byte[] large = new byte[JsonText.MAX_BYTES + 1];
        assertThrows(JsonText.Malformed.class, () -> JsonText.parse(large));
    }

    @Test
    void aMemberSetAgainStaysInItsPlace() {
        Json.Obj object = Json.Obj.of("a", Json.Num.of(1)).with("b", "x").with("a", 2);
        assertEquals("{\"a\":2,\"b\":\"x\"}", JsonText.line(object));
        assertEquals("{\"b\":\"x\"}", JsonText.line(object.without("a")));
    }
}
