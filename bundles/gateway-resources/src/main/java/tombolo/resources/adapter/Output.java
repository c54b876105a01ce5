package tombolo.resources.adapter;

import tombolo.api.resource.ResourceCommands.Answer;

/** What a command says. */
final class Output {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder error = new StringBuilder();
    private boolean failed;

    void line(String text) {
        out.append(text).append('\n');
    }

    void text(String text) {
        out.append(text);
    }

    void warn(String text) {
        error.append(text).append('\n');
    }

    void fail(String text) {
        failed = true;
        error.append(text).append('\n');
    }

    Answer answer() {
        return new Answer(failed ? 1 : 0, out.toString(), error.toString());
    }
}
