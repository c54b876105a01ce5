package tombolo.resources.adapter;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tombolo.api.resource.ResourceCommands.Answer;

/**
 * What {@code gateway ctl} and the node say to each other, one question and one answer a connection. Numbers are big-endian, texts UTF-8 behind their length.
 *
 * <pre>
 *   question   int 0x544d4231 ("TMB1") | text verb | int n, n texts: words | int m, m times: text name, int size, bytes
 *   answer     int exit code | text out | text error
 * </pre>
 */
final class CtlFrames {
    private static final int MAGIC = 0x544d4231;
    private static final int MAX_WORDS = 1000;
    private static final int MAX_TEXT = 16 << 20;
    /** All files of one question. */
    static final long MAX_TOTAL = 64L << 20;

    private CtlFrames() { }

    record Question(String verb, List<String> words, List<FileSource.Named> files) { }

    static void write(DataOutputStream out, Question question) throws IOException {
        out.writeInt(MAGIC);
        text(out, question.verb());
        out.writeInt(question.words().size());
        for (String word : question.words()) {
            text(out, word);
        }
        out.writeInt(question.files().size());
        for (FileSource.Named file : question.files()) {
            text(out, file.name());
            out.writeInt(file.content().length);
            out.write(file.content());
        }
        out.flush();
    }

    static Question readQuestion(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("not a question of gateway ctl");
        }
        String verb = text(in);
        List<String> words = new ArrayList<>();
        for (int left = size(in, MAX_WORDS); left > 0; left--) {
            words.add(text(in));
        }
        List<FileSource.Named> files = new ArrayList<>();
        long total = 0;
        for (int left = size(in, FileSource.MAX_FILES); left > 0; left--) {
            String name = text(in);
            int size = size(in, DocumentText.MAX_BYTES);
            total += size;
            if (total > MAX_TOTAL) {
                throw new IOException("more than " + MAX_TOTAL + " bytes of files");
            }
            files.add(new FileSource.Named(name, bytes(in, size)));
        }
        return new Question(verb, words, files);
    }

    static void write(DataOutputStream out, Answer answer) throws IOException {
        out.writeInt(answer.exitCode());
        text(out, answer.out());
        text(out, answer.error());
        out.flush();
    }

    static Answer readAnswer(DataInputStream in) throws IOException {
        return new Answer(in.readInt(), longText(in), longText(in));
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in, size(in, MAX_TEXT)), StandardCharsets.UTF_8);
    }

    /** An answer's text comes from the node that this user started, and is as long as what was asked for. */
    private static String longText(DataInputStream in) throws IOException {
        return new String(bytes(in, size(in, Integer.MAX_VALUE)), StandardCharsets.UTF_8);
    }

    private static int size(DataInputStream in, int most) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > most) {
            throw new IOException("a size of " + size + "; the most is " + most);
        }
        return size;
    }

    /** Reads as it comes, so that a size alone takes no memory. */
    private static byte[] bytes(DataInputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new IOException("cut off");
        }
        return bytes;
    }
}
