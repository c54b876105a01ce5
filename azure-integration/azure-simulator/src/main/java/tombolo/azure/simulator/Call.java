package tombolo.azure.simulator;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as it came in.
 *
 * @param uri path and query, byte for byte as the client sent them
 * @param headers names in lower case
 */
record Call(String method, URI uri, Map<String, String> headers, byte[] body) {
    String path() {
        return uri.getPath();
    }

    String rawQuery() {
        return uri.getRawQuery() == null ? "" : uri.getRawQuery();
    }

    /** Parameters of the query, names in lower case since ARM does not mind. */
    Map<String, String> query() {
        return form(rawQuery());
    }

    static Map<String, String> form(String encoded) {
        Map<String, String> parameters = new TreeMap<>();
        for (String part : encoded.split("&")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parameters.put(URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT), URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Such as {@code https://localhost:8443}: what the client calls us. */
    String base() {
        return "https://" + header("host").orElse("localhost");
    }
}
