package tombolo.bgp.core.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsPathExpressionTest {
    @ParameterizedTest(name = "{0} on [{1}]: {2}")
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = {
        "^$                    ; \"\"                    ; true",
        "^$                    ; 65010                   ; false",
        ".*                    ; \"\"                    ; true",
        ".*                    ; 65010 65020             ; true",
        "_65010_               ; 65010                   ; true",
        "_65010_               ; 1 65010 2               ; true",
        "_65010_               ; 165010                  ; false",
        "_65010_               ; 650101                  ; false",
        "_65010_               ; 1 {65010 65020}         ; true",
        "_65010_               ; (65010 2) 3             ; true",
        "_65010_               ; [65010] 3               ; true",
        "_65010$               ; 1 65010                 ; true",
        "_65010$               ; 65010 1                 ; false",
        "^65010_               ; 65010 1                 ; true",
        "^65010_               ; 650100 1                ; false",
        "^65010$               ; 65010                   ; true",
        "^65010$               ; 65010 65010             ; false",
        "^65010( 65010)*$      ; 65010 65010 65010       ; true",
        "^65010( 65010)*$      ; 65010 65020             ; false",
        "^(65010|65020)_       ; 65020 7                 ; true",
        "^(65010|65020)_       ; 65030 7                 ; false",
        "^[0-9]+$              ; 65010                   ; true",
        "^[0-9]+$              ; 65010 65020             ; false",
        "^[0-9]+ [0-9]+$       ; 65010 65020             ; true",
        "_6451[2-9]_|_645[2-9][0-9]_ ; 1 64513 2         ; true",
        "_6451[2-9]_|_645[2-9][0-9]_ ; 1 64599           ; true",
        "_6451[2-9]_|_645[2-9][0-9]_ ; 1 64511           ; false",
        "^[^6]                 ; 12076 1                 ; true",
        "^[^6]                 ; 65010 1                 ; false",
        "65010                 ; 1650101                 ; true",
        "_1_2_                 ; 1 2                     ; true",
        "_1_2_                 ; 12                      ; false",
        "_1__2_                ; 1 2                     ; false",
        "\\{1 2\\}             ; 7 {1 2}                 ; true",
        "{1 2}                 ; 7 {1 2}                 ; true",
        "^(_?7){3}$            ; 7 7 7                   ; true",
        "^(_?7){3}$            ; 7 7                     ; false",
        "^7(_7){1,2}$          ; 7 7 7                   ; true",
        "^7(_7){1,2}$          ; 7 7 7 7                 ; false",
        "^7(_7){1,}$           ; 7 7 7 7                 ; true",
        "^7(_7){1,}$           ; 7                       ; false",
        "^\\d+_12076$          ; 8075 12076              ; true",
        "(a*)*b|^$             ; \"\"                    ; true",
        "12076?_               ; 1207                    ; true"})
    void matchesAsPeopleKnowItFromRouters(String expression, String path, boolean expected) {
        assertEquals(expected, AsPathExpression.compile(expression).matches(path));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"(1 | without ')'", "1) | without '('", "[0-9 | without ']'", "*1 | nothing to repeat", "1\\ | nothing behind", "[9-0] | the range",
        "1{9,2} | not above", "1{999} | up to 255", "é | can stand in no path", "((1{200}){200}){200} | states"})
    void aFaultyExpressionIsRefusedWithItsPlace(String expression, String reason) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> AsPathExpression.compile(expression));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void nestingAndLengthAreBounded() {
        assertThrows(IllegalArgumentException.class, () -> AsPathExpression.compile("(".repeat(500) + ")".repeat(500)));
        assertThrows(IllegalArgumentException.class, () -> AsPathExpression.compile("1".repeat(AsPathExpression.MAX_LENGTH + 1)));
    }

    @Test
    void aPathOf16000AsesIsMatchedInLinearTimeWhateverTheExpression() {
        String path = "65010 ".repeat(16_000).trim();
        AsPathExpression cruel = AsPathExpression.compile("^((65010)|(_?65010)|_*)*X$");
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertEquals(false, cruel.matches(path)));
    }

    @Test
    void agreesWithThePlatformsExpressionsOnRandomInput() {
        long seed = System.nanoTime();
        System.out.println("AsPathExpressionTest seed " + seed);
        Random random = new Random(seed);
        String[] atoms = {"1", "2", "12", " ", ".", "[12]", "[^1]", "(1|2)", "(1 2|2)", "^", "$"};
        String[] repeats = {"", "", "", "*", "+", "?", "{2}", "{1,3}"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder expression = new StringBuilder();
            for (int i = random.nextInt(5); i >= 0; i--) {
                String atom = atoms[random.nextInt(atoms.length)];
                expression.append(atom).append(atom.equals("^") || atom.equals("$") ? "" : repeats[random.nextInt(repeats.length)]);
            }
            StringBuilder path = new StringBuilder();
            for (int i = random.nextInt(6); i > 0; i--) {
                path.append(path.isEmpty() ? "" : " ").append(new String[] {"1", "2", "12", "21"}[random.nextInt(4)]);
            }
            boolean expected = Pattern.compile(expression.toString()).matcher(path).find();
            assertEquals(expected, AsPathExpression.compile(expression.toString()).matches(path), expression + " on " + path + " seed " + seed);
        }
    }
}
