package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.Report.Block;
import tombolo.api.expressroute.Report.Cell;
import tombolo.api.expressroute.Report.Tone;
import tombolo.api.json.Json;

class ExpressRouteViewsTest {
    @Test
    void aReportIsShownFromTheTopDownAndItsJsonIsItsOwn() {
        Report report = new Report(Json.Obj.of("a", Json.Num.of(1)), List.of(new Block.Lines(Tone.WARN, List.of("careful")), new Block.Facts(List.of("Circuit", "er-1", "Id", "x")),
                new Block.Table(List.of("NAME", ">N"), List.of(List.of(Cell.of("one"), new Cell("12", Tone.BAD))))));
        Document document = ExpressRouteViews.of(report);
        assertEquals("careful\nCircuit: er-1\nId:      x\nNAME   N\none   12\n", document.text().apply(Screen.PLAIN));
        assertTrue(document.text().apply(new Screen(true, 0)).contains("\u001b[31m"));
        assertEquals(report.json(), document.json());
    }

    @Test
    void whatIsLeftToDoIsShownOnlyWhereItIsNotWhatWasShownBefore() {
        Report before = plan("Circuit er-1: 1 to do");
        Report left = plan("Circuit er-1: as wanted");
        assertEquals("Circuit er-1: as wanted\n", ExpressRouteViews.behind(before, left).text().apply(Screen.PLAIN));
        assertEquals("", ExpressRouteViews.behind(left, plan("Circuit er-1: as wanted")).text().apply(Screen.PLAIN));
        assertEquals(left.json(), ExpressRouteViews.behind(left, left).json(), "a script is told in any case");
    }

    private static Report plan(String text) {
        return new Report(Json.Arr.texts(List.of(text)), List.of(new Block.Lines(Tone.PLAIN, List.of(text))));
    }

    /** What Azure says must not move the cursor of whoever reads it. */
    @Test
    void controlCharactersDoNotReachTheTerminal() {
        Report report = new Report(Json.Null.NULL, List.of(new Block.Lines(Tone.PLAIN, List.of("a\u001b[2Jb"))));
        assertEquals("a?[2Jb\n", ExpressRouteViews.of(report).text().apply(Screen.PLAIN));
        assertEquals("… a?b", ExpressRouteViews.progress("a\rb"));
    }

    @Test
    void wordsAreReadAndOthersRefused() {
        assertEquals(ExpressRoute.Peering.MICROSOFT, ExpressRouteViews.peering("Microsoft"));
        assertEquals(Optional.empty(), ExpressRouteViews.device(null));
        assertEquals(Optional.of(100L), ExpressRouteViews.gigabytes("100"));
        assertEquals("TMB-SHL-091", assertThrows(Failure.class, () -> ExpressRouteViews.peering("public")).code());
        assertEquals("TMB-SHL-092", assertThrows(Failure.class, () -> ExpressRouteViews.device("both")).code());
        assertEquals("TMB-SHL-093", assertThrows(Failure.class, () -> ExpressRouteViews.gigabytes("-1")).code());
    }

    @Test
    void consentIsTheWordYesAndNothingElse() {
        assertTrue(ExpressRouteViews.isYes(" yes "));
        assertFalse(ExpressRouteViews.isYes("y") || ExpressRouteViews.isYes("") || ExpressRouteViews.isYes(null));
    }
}
