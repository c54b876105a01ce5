package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tombolo.api.config.ConfigProblem;

class CfgFileTest {
    private final List<ConfigProblem> problems = new ArrayList<>();

    private CfgFile parse(String text) {
        return CfgFile.parse("f", text, problems);
    }

    @Test
    void readsKeysCommentsContinuationsAndKeepsTheLineOfTheKey() {
        CfgFile file = parse("# one\n! two\n\n  a = 1 \nb=x,\\\n    y,\\\n  z\r\nc = fe80::1 # not a comment\nd =\n");
        assertEquals(List.of(), problems);
        assertEquals(new CfgFile.Entry("a", "1", 4), file.entries().get("a"));
        assertEquals(new CfgFile.Entry("b", "x,y,z", 5), file.entries().get("b"));
        assertEquals(new CfgFile.Entry("c", "fe80::1 # not a comment", 8), file.entries().get("c"));
        assertEquals("", file.entries().get("d").value());
    }

    @Test
    void undoesTheEscapesThatOtherToolsWrite() {
        assertEquals("a\tb\\c\u00e9=", parse("k = a\\tb\\\\c\\u00e9\\=").entries().get("k").value());
        assertEquals("x\\", parse("k = x\\\\\n").entries().get("k").value());
        assertEquals(List.of(), problems);
        parse("k = \\u12");
        assertEquals(1, problems.size());
    }

    @Test
    void refusesDuplicatesAndLinesWithoutASeparatorAndReadsTheRest() {
        CfgFile file = parse("a = 1\na = 2\nnonsense\n= 3\nb = 4\n");
        assertEquals(3, problems.size());
        assertEquals(List.of(2, 3, 4), problems.stream().map(ConfigProblem::line).toList());
        assertEquals("1", file.entries().get("a").value());
        assertEquals("4", file.entries().get("b").value());
    }

    @Test
    void leavesOutWhatKarafsOwnToolsAddAndAByteOrderMark() {
        assertEquals(List.of("a"), List.copyOf(parse("\ufeffa = 1\nservice.pid = x\nfelix.fileinstall.filename = file:/y\n").entries().keySet()));
    }

    @Test
    void aTextWithoutEndIsBounded() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CfgFile.MAX_ENTRIES + 100; i++) {
            text.append('k').append(i).append(" = 1\n");
        }
        parse(text.toString());
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().message().contains("TMB-CFG-014"));
    }
}
