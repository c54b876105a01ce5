package tombolo.api.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kubernetes' forms of labels. */
class LabelFormTest {
    /** The same said in the words of Kubernetes' own validation. */
    private static final String DNS = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private static final Pattern KEY = Pattern.compile("(?:(?=[^/]{1,253}/)" + DNS + "/)?(?=.{1,63}$)[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern.compile("(?=.{0,63}$)([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?");

    @ParameterizedTest
    @ValueSource(strings = {"role", "r", "A_b-c.d", "example.com/role", "a/b", "k8s-app", "0/0", "a-b.c/D"})
    void keysOfTheFieldAreKeys(String key) {
        assertTrue(LabelForm.isKey(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/role", "example.com/", "a/b/c", "-a", "a-", "_a", "a b", "Example.com/role", "a..b/c", ".a/b", "a./b", "a-/b", "rôle", "a\nb"})
    void whatIsNoQualifiedNameIsNoKey(String key) {
        assertFalse(LabelForm.isKey(key));
        assertEquals(Optional.of(LabelForm.KEY_RULE), LabelForm.wrong(key, "v"));
    }

    @Test
    void aWordHasAtMost63CharactersAndAPrefix253() {
        assertTrue(LabelForm.isKey("a".repeat(63)) && LabelForm.isValue("a".repeat(63)) && LabelForm.isKey("a".repeat(253) + "/a"));
        assertFalse(LabelForm.isKey("a".repeat(64)) || LabelForm.isValue("a".repeat(64)) || LabelForm.isKey("a".repeat(254) + "/a"));
        assertTrue(LabelForm.isValue(""));
        assertEquals(Optional.of(LabelForm.VALUE_RULE), LabelForm.wrong("role", "not valid"));
        assertEquals(Optional.empty(), LabelForm.wrong("role", "db.v1_2-x"));
    }

    @Test
    void itSaysWhatKubernetesExpressionsSay() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String letters = "aZ0-_./ é";
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(9); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            String word = text.toString();
            assertEquals(KEY.matcher(word).matches(), LabelForm.isKey(word), () -> "key '" + word + "', seed " + seed);
            assertEquals(word.matches(DNS), LabelForm.isDnsName(word), () -> "name '" + word + "', seed " + seed);
            assertEquals(VALUE.matcher(word).matches(), LabelForm.isValue(word), () -> "value '" + word + "', seed " + seed);
        }
    }
}
