package tombolo.api.config;

/**
 * One thing wrong in one file. While a file has a problem, its last good version stays in force.
 *
 * @param file    the file's name without its folder
 * @param line    1-based line, or 0 where the problem is of the whole file
 * @param key     the key, or "" where none is concerned
 * @param message operator text: code, what was seen, what is wanted; names the value (a secret's value is never in it)
 */
public record ConfigProblem(String file, int line, String key, String message) {
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + (key.isEmpty() ? "" : " " + key) + ": " + message;
    }
}
