package tombolo.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of a program to its end. */
public final class Command {
    /** Far above what any of our commands takes (the longest installs packages); a program that hangs must not hang the suite. */
    private static final Duration LIMIT = Duration.ofSeconds(300);

    private Command() { }

    /** @param code exit code; @param output standard output and standard error, in the order they came */
    public record Result(int code, String output) {
        public boolean ok() {
            return code == 0;
        }
    }

    /** Runs and returns whatever comes out; throws only if the program cannot be started or does not end within five minutes. */
    public static Result attempt(List<String> words) {
        return attempt(words, Map.of(), "");
    }

    /** The same. @param environment added to our own; @param input on its standard input: no more than a pipe holds, 64 KiB */
    public static Result attempt(List<String> words, Map<String, String> environment, String input) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            byte[] output = readBounded(process, words);
            return new Result(process.waitFor(), new String(output, StandardCharsets.UTF_8));
        } catch (IOException problem) {
            throw new HarnessException("cannot run `" + String.join(" ", words) + "`: " + problem.getMessage(), problem);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new HarnessException("interrupted while running `" + String.join(" ", words) + "`", interrupted);
        }
    }

    private static byte[] readBounded(Process process, List<String> words) throws IOException, InterruptedException {
        Thread watchdog = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException done) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new HarnessException("`" + String.join(" ", words) + "` did not end within " + LIMIT.toSeconds() + " s");
            }
            return output;
        } finally {
            watchdog.interrupt();
        }
    }

    public static Result attempt(String... words) {
        return attempt(List.of(words));
    }

    /** Runs and returns the output; throws with the output when the exit code is not 0. */
    public static String run(List<String> words) {
        Result result = attempt(words);
        if (!result.ok()) {
            throw new HarnessException("`" + String.join(" ", words) + "` ended with code " + result.code() + ": " + result.output().strip());
        }
        return result.output();
    }

    public static String run(String... words) {
        return run(List.of(words));
    }

    /** Whether a program of that name is on the PATH or in a system folder. */
    public static boolean available(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/frr";
        for (String folder : path.split(":")) {
            if (!folder.isEmpty() && java.nio.file.Files.isExecutable(java.nio.file.Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
