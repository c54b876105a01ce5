package tombolo.resources.adapter;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tombolo.api.resource.ResourceCommands.Answer;
import tombolo.resources.adapter.DocumentText.Unreadable;
import tombolo.resources.core.Arguments;
import tombolo.resources.core.Arguments.Usage;

/** {@code gateway ctl}: reads files and the standard input here, asks the node over its socket, prints the answer. {@code validate} asks nobody. */
public final class Ctl {
    private Ctl() { }

    /** @param words {@code SOCKET VERB WORDS…} */
    public static void main(String... words) {
        Answer answer = words.length < 2 ? new Answer(2, "", "usage: gateway ctl VERB [WORDS...]\n") : answer(Path.of(words[0]), words[1], Arrays.asList(words).subList(2, words.length));
        print(System.out, answer.out());
        print(System.err, answer.error());
        System.exit(answer.exitCode());
    }

    private static void print(PrintStream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }

    static Answer answer(Path socket, String verb, List<String> words) {
        FileSource here = FileSource.local(System.in);
        if (verb.equals("validate")) {
            return CalicoCommands.validate(words, here);
        }
        try {
            Arguments arguments = Arguments.read(verb, words);
            List<FileSource.Named> files = List.of();
            if (arguments.value("--filename").isPresent()) {
                files = here.read(arguments.value("--filename").get(), arguments.has("--recursive"));
                if (files.isEmpty()) {
                    return new Answer(arguments.has("--skip-empty") ? 0 : 1, "", "TMB-RES-020 No resources specified in directory " + arguments.value("--filename").get() + ".\n");
                }
            }
            long total = files.stream().mapToLong(file -> file.content().length).sum();
            if (total > CtlFrames.MAX_TOTAL) {
                return new Answer(1, "", "TMB-RES-017 the files have " + total + " bytes together; the most is " + CtlFrames.MAX_TOTAL + ".\n");
            }
            return ask(socket, new CtlFrames.Question(verb, words, files));
        } catch (Usage | Unreadable e) {
            return new Answer(1, "", e.getMessage() + "\n");
        }
    }

    private static Answer ask(Path socket, CtlFrames.Question question) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            CtlFrames.write(new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel))), question);
            return CtlFrames.readAnswer(new DataInputStream(Channels.newInputStream(channel)));
        } catch (IOException e) {
            return new Answer(1, "", "TMB-RES-022 the node does not answer on " + socket + ": " + e.getMessage()
                    + ". Start it with gateway run, as the same user or root; the feature tombolo-resources offers the socket.\n");
        }
    }
}
