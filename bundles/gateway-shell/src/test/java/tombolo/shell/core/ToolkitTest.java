package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

class ToolkitTest {
    @Test
    void columnsAreAsWideAsTheirContentAndNumbersStandRight() {
        assertEquals("NAME    COUNT\na          10\nlonger      9\n", new Table("NAME", ">COUNT").row("a", 10).row("longer", Optional.of(9))
                .render(Screen.PLAIN));
    }

    @Test
    void onATerminalLinesAreCutToItsWidthAndNowhereElse() {
        Table table = new Table("NAME", "NOTE").row("peer", "a long explanation");
        assertEquals("NAME  NOTE\npeer  a l…\n", table.render(new Screen(false, 10)).replaceAll(" +\n", "\n"));
        assertTrue(table.render(Screen.PLAIN).contains("a long explanation"));
        for (int width = 1; width < 30; width++) {
            int most = width;
            assertTrue(table.render(new Screen(false, width)).lines().allMatch(line -> line.length() <= most));
        }
    }

    @Test
    void coloursAreOnlyThereWhereAsked() {
        Table table = new Table("S").row(new Cell("up", Tone.GOOD));
        assertFalse(table.render(Screen.PLAIN).contains("\u001b"));
        assertEquals("\u001b[1mS \u001b[0m\n\u001b[32mup\u001b[0m\n", table.render(new Screen(true, 80)).replace("S\u001b", "S \u001b"));
    }

    @Test
    void controlCharactersOfStrangersDoNotReachTheTerminal() {
        assertEquals("?[2Jx", Table.clean("\u001b[2Jx"));
        assertEquals("?2Jx", Table.clean("\u009b2Jx")); // the 8-bit form
        assertFalse(new Table("T").row("a\nb\u001b[2J").render(Screen.PLAIN).contains("\u001b"));
    }

    @Test
    void anAnswersValuesBecomeJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a\"\u001bé");
        map.put("none", Optional.empty());
        map.put("some", Optional.of(1L));
        map.put("list", List.of(true, 1.5, Map.of()));
        map.put("nan", Double.NaN);
        map.put("other", Tone.GOOD);
        assertEquals("""
                {"text":"a\\"\\u001Bé","none":null,"some":1,"list":[true,1.5,{}],"nan":null,"other":"GOOD"}""", JsonText.line(new Document(map, screen -> "").json()));
    }

    @Test
    void durationsReadAsInVtysh() {
        assertEquals("01:02:05", Text.duration(3725));
        assertEquals("1d01h01m", Text.duration(90_061));
        assertEquals("00:00:00", Text.duration(-5));
    }
}
