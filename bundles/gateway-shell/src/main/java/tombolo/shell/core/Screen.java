package tombolo.shell.core;

/**
 * Where text goes.
 *
 * @param color whether to use ANSI colours
 * @param width columns to fit into; 0: no limit (a pipe, a file, a script)
 */
public record Screen(boolean color, int width) {
    public static final Screen PLAIN = new Screen(false, 0);
}
