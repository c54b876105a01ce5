package tombolo.shell.core;

import java.util.function.Function;

/**
 * One answer in both forms.
 *
 * @param json maps, lists, texts, numbers, truth values, Optionals
 * @param text for people, ending in a line end
 */
public record Document(Object json, Function<Screen, String> text) { }
