package tombolo.azure.arm.adapter;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.json.Json;
import tombolo.azure.arm.core.Outcome;
import tombolo.azure.arm.core.Reply;
import tombolo.azure.arm.core.Times;

/** The retail price interface, page by page. It is another host than ARM's, and gets neither a token nor any other word of ours but the question. */
final class PriceList {
    /** A service has some thousand prices, and a page a hundred. */
    static final int MOST_PAGES = 100;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** What 429 may ask us to wait, within {@link #LIMIT}; and what we wait where it does not say. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 4;

    private final Wire wire;
    private final Time time;
    private final String url;

    PriceList(Wire wire, Time time, String url) {
        this.wire = wire;
        this.time = time;
        this.url = url;
    }

    List<Json.Obj> of(String service) {
        if (!service.matches("[A-Za-z0-9 ]{1,60}")) {
            throw new IllegalArgumentException("no name of a service: " + service);
        }
        Time.Deadline deadline = Time.Deadline.in(time, LIMIT);
        List<Json.Obj> items = new ArrayList<>();
        Optional<String> next = Optional.of(url + "?$filter=serviceName%20eq%20%27" + service.replace(" ", "%20") + "%27");
        for (int page = 0; next.isPresent(); page++) {
            if (page == MOST_PAGES) {
                throw refused(Reason.BROKEN, "TMB-ARM-060", "has more than " + MOST_PAGES + " pages for " + service + ", which is a circle");
            }
            Json.Obj answer = page(next.get(), deadline);
            answer.array("Items").forEach(item -> {
                if (item instanceof Json.Obj price) {
                    items.add(price);
                }
            });
            next = answer.text("NextPageLink").filter(link -> !link.isEmpty());
            next.ifPresent(this::ours);
        }
        return items;
    }

    /** A page leads to another of the same interface, and nowhere else. */
    private void ours(String link) {
        boolean same;
        try {
            URI own = URI.create(url);
            URI other = URI.create(link);
            // The real interface writes its port, 443, into its links.
            same = own.getScheme().equals(other.getScheme()) && own.getHost().equalsIgnoreCase(String.valueOf(other.getHost())) && port(own) == port(other) && own.getPath().equals(other.getPath());
        } catch (IllegalArgumentException _) {
            same = false;
        }
        if (!same) {
            throw refused(Reason.BROKEN, "TMB-ARM-060", "leads to another place for its next page");
        }
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    }

    private Json.Obj page(String at, Time.Deadline deadline) {
        for (int attempt = 1; ; attempt++) {
            switch (wire.send("GET", at, Map.of("Accept", "application/json"), Optional.empty(), deadline)) {
                case Outcome.Failed failed -> throw refused(Reason.UNREACHABLE, failed.code(), "was not asked or did not answer: " + failed.reason());
                case Outcome.Answered(Reply reply) -> {
                    if (reply.status() == 200 && reply.json().isPresent()) {
                        return reply.json().get();
                    }
                    if (reply.status() != 429 && reply.status() != 503) {
                        throw refused(Reason.REFUSED, "TMB-ARM-060", "answered " + reply.status() + (reply.status() == 200 ? " with something that is no JSON object" : ""));
                    }
                    pause(Times.retryAfter(reply, time.now()).orElse(PAUSE), attempt, reply.status(), deadline);
                }
            }
        }
    }

    private void pause(Duration wanted, int attempt, int status, Time.Deadline deadline) {
        try {
            if (attempt < ATTEMPTS && wanted.compareTo(deadline.left()) < 0 && time.pause(wanted)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw refused(Reason.THROTTLED, "TMB-ARM-060", "answered " + status + " and asks to wait for " + wanted.toSeconds() + " s");
    }

    private ArmException refused(Reason reason, String code, String what) {
        return new ArmException(reason, Applied.NO, code + " the retail price interface " + url + " " + what + ". What was there before stays; try again later, or set prices-url in etc/tombolo.azure.cfg.",
                Optional.empty(), Optional.empty());
    }
}
