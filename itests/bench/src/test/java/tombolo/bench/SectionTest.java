package tombolo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SectionTest {
    private static final Section SECTION = new Section("## B: `./gateway bench b`");

    @Test
    void aSectionThatIsNotThereComesLast() {
        assertEquals("# Results\n\n## A\n\na\n\n## B: `./gateway bench b`\n\nnew\n", SECTION.in("# Results\n\n## A\n\na\n", "new\n\n"));
    }

    @Test
    void theReportTakesTheOldOnesPlaceAndRemarksAndNeighboursStay() {
        String before = "# Results\n\n## A\n\na\n\n## B: `./gateway bench b`\n\nold\n\n- a remark\n- another\n\n## C\n\n- c\n";
        String after = "# Results\n\n## A\n\na\n\n## B: `./gateway bench b`\n\nnew\n\n- a remark\n- another\n\n## C\n\n- c\n";
        assertEquals(after, SECTION.in(before, "new\n"));
        assertEquals(after, SECTION.in(after, "new\n"), "again and again");
    }

    @Test
    void remarksOfTheNextSectionAreNotTaken() {
        assertEquals("## B: `./gateway bench b`\n\nnew\n\n## C\n\n- c\n", SECTION.in("## B: `./gateway bench b`\n\nold\n\n## C\n\n- c\n", "new"));
    }

    @Test
    void aHeadingIsOne() {
        assertThrows(IllegalArgumentException.class, () -> new Section("B"));
    }
}
