package tombolo.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import tombolo.harness.GatewayNode;

/** A node's shell at a terminal: {@code gateway shell} on a pseudo terminal, which script(1) gives it. */
final class Terminal implements AutoCloseable {
    private static final int GONE_SECONDS = 10;

    private final Process process;
    private final StringBuffer seen = new StringBuffer();

    private Terminal(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon(true).name("terminal").start(this::read);
    }

    static Terminal of(GatewayNode node) throws IOException {
        return new Terminal(new ProcessBuilder("script", "-qec", node.script() + " shell --home " + node.home(), "/dev/null").redirectErrorStream(true).start());
    }

    void type(String text) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** What is on the screen, without colours and the like. */
    String seen() {
        return seen.toString().replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "");
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try (InputStream out = process.getInputStream()) {
            for (int length = out.read(buffer); length >= 0; length = out.read(buffer)) {
                seen.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
            }
        } catch (IOException _) {
            // the terminal is closed
        }
    }

    /** As if the window were closed. */
    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.waitFor(GONE_SECONDS, TimeUnit.SECONDS);
    }
}
