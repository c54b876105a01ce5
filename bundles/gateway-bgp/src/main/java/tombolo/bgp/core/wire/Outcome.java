package tombolo.bgp.core.wire;

import tombolo.api.bgp.Notification;

/** What becomes of the session after a message. */
public sealed interface Outcome {
    /** It goes on, also where attributes were discarded or routes treated as withdrawn. */
    record Ok() implements Outcome {
        static final Ok OK = new Ok();
    }

    /** Nothing of the message was applied; the session ends with the notification. @param why operator text */
    record Reset(Notification notification, String why) implements Outcome { }
}
