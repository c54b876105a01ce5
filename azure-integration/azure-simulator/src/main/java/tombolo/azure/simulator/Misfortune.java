package tombolo.azure.simulator;

import java.time.Duration;
import java.util.Map;

/** What happens to a call instead of, or around, its answer. */
public sealed interface Misfortune {
    /** Refused in ARM's words, without being carried out. */
    record Refused(int status, String code, String message, Map<String, String> headers) implements Misfortune {
        public Refused {
            headers = Map.copyOf(headers);
        }
    }

    /** Something that is no answer of ARM's, such as a proxy's page; not carried out. */
    record Garbage(int status, String contentType, String body) implements Misfortune { }

    /** Carried out, and answered late. */
    record Late(Duration by) implements Misfortune { }

    /** The connection ends without an answer; not carried out. */
    record Dropped() implements Misfortune { }

    /** Carried out, and then the connection ends without an answer: the client cannot know. */
    record AnswerLost() implements Misfortune { }
}
