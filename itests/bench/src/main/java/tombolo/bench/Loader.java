package tombolo.bench;

/** {@code Loader PREFIXES}: peer 1 with a generated table. Connects, waits for a line on its input, sends everything, and keeps the session until its input ends. */
public final class Loader {
    private static final long SEED = 20261121;
    private static final int SESSION_LIMIT_SECONDS = 60;

    private Loader() { }

    public static void main(String[] words) throws Exception {
        Peer peer = new Peer(1);
        byte[] messages = Encoder.announcements(new Table(SEED, Integer.parseInt(words[0])), peer, Encoder.PathShape.PLAIN);
        try (Speaker speaker = Speaker.connect(peer.text(), peer.daemonText(), peer.as(), Speaker.Sink.NONE, SESSION_LIMIT_SECONDS)) {
            if (System.in.read() < 0) {
                return;
            }
            speaker.write(messages);
            while (System.in.read() >= 0 && speaker.alive()) {
                // Whoever started this says when it is enough.
            }
        }
    }
}
