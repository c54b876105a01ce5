package tombolo.azure.cni.adapter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.core.CnsMessages;
import tombolo.azure.cni.core.CnsMessages.Answer;
import tombolo.azure.cni.core.CnsMessages.Caller;
import tombolo.runtime.json.JsonText;

/** Calls of the container networking service: the plural one, and where the service does not know it, the singular one. Blocks for as long as the limit. Any thread. */
final class CnsCalls {
    private final HttpEdge http;

    CnsCalls(HttpEdge http) {
        this.http = http;
    }

    /** What came of a call. */
    sealed interface Reply {
        record Said(Answer answer) implements Reply { }

        /** @param reached whether it may have done what was asked */
        record Silent(String reason, boolean reached) implements Reply { }
    }

    /** To a caller that has addresses it answers with those. @param desired any where empty */
    Reply request(String url, Caller caller, List<IpAddress> desired, Duration limit) {
        return call(url + CnsMessages.REQUEST, url + CnsMessages.REQUEST_ONE, caller, desired, false, limit);
    }

    Reply release(String url, Caller caller, List<IpAddress> addresses, Duration limit) {
        return call(url + CnsMessages.RELEASE, url + CnsMessages.RELEASE_ONE, caller, addresses, true, limit);
    }

    private Reply call(String plural, String singular, Caller caller, List<IpAddress> addresses, boolean release, Duration limit) {
        Reply reply = post(plural, CnsMessages.request(caller, addresses, false), release, limit);
        return reply instanceof Reply.Said(Answer.NotSupported()) ? post(singular, CnsMessages.request(caller, addresses, true), release, limit) : reply;
    }

    private Reply post(String url, Json.Obj body, boolean release, Duration limit) {
        return switch (http.post(url, JsonText.bytes(body), limit)) {
            case HttpEdge.Outcome.Failed(String reason, boolean reached) -> new Reply.Silent(reason, reached);
            case HttpEdge.Outcome.Answered(int status, byte[] answer) -> {
                Optional<Json> tree = Optional.empty();
                try {
                    tree = Optional.of(JsonText.parse(answer));
                } catch (JsonText.Malformed e) {
                    if (status == 200) {
                        yield new Reply.Silent(url + " answered with what is no JSON: " + e.getMessage(), true);
                    }
                }
                Answer read = CnsMessages.answer(status, tree, release);
                // A fault of the service's own says nothing about what it had done before.
                yield read instanceof Answer.Refused(String reason, boolean _, boolean _) && status >= 500 ? new Reply.Silent(url + " answered with " + reason, true) : new Reply.Said(read);
            }
        };
    }
}
