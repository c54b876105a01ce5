package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Source;
import tombolo.api.json.Json;
import tombolo.azure.cni.core.VnetInterfaces;
import tombolo.azure.cni.core.VnetInterfaces.Parsed;
import tombolo.runtime.json.JsonText;

/** Fetches the document that names this machine's interfaces in the VNET. Calls block for at most the request's limit. */
final class VnetDocument {
    private final HttpEdge http;

    VnetDocument(HttpEdge http) {
        this.http = http;
    }

    /** @param environment {@code ipam.environment} of a network's configuration, which goes before the settings */
    static Optional<Source> source(String environment, AzureCniSettings settings) {
        return switch (environment) {
            case "" -> Optional.of(settings.source());
            case "azure" -> Optional.of(Source.WIRESERVER);
            case "mas", "fileIpam" -> Optional.of(Source.FILE);
            default -> Optional.empty();
        };
    }

    Parsed fetch(Source source, AzureCniSettings settings) {
        return switch (source) {
            case WIRESERVER -> web(settings.wireserverUrl(), Map.of(), settings, VnetInterfaces::wireServer);
            case IMDS -> web(settings.imdsUrl(), Map.of("Metadata", "true"), settings, bytes -> json(bytes, VnetInterfaces::imds));
            case FILE -> file(Path.of(settings.interfacesFile()));
        };
    }

    private interface Reader<T> {
        Parsed read(T document);
    }

    private Parsed web(String url, Map<String, String> headers, AzureCniSettings settings, Reader<byte[]> reader) {
        return switch (http.get(url, headers, settings.requestTimeout())) {
            case HttpEdge.Outcome.Failed(String reason, boolean _) -> new Parsed.Unreadable(reason);
            case HttpEdge.Outcome.Answered(int status, byte[] _) when status != 200 -> new Parsed.Unreadable(url + " answered with HTTP status " + status);
            case HttpEdge.Outcome.Answered(int _, byte[] body) -> of(url, reader.read(body));
        };
    }

    private static Parsed file(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(HttpEdge.MOST_BYTES + 1);
            return bytes.length > HttpEdge.MOST_BYTES ? new Parsed.Unreadable(path + " is longer than " + HttpEdge.MOST_BYTES + " bytes")
                    : of(path.toString(), json(bytes, VnetInterfaces::file));
        } catch (IOException e) {
            return new Parsed.Unreadable(path + " cannot be read: " + e);
        }
    }

    private static Parsed json(byte[] bytes, Reader<Json> reader) {
        try {
            return reader.read(JsonText.parse(bytes));
        } catch (JsonText.Malformed e) {
            return new Parsed.Unreadable("it is no JSON: " + e.getMessage());
        }
    }

    private static Parsed of(String where, Parsed parsed) {
        return parsed instanceof Parsed.Unreadable(String reason) ? new Parsed.Unreadable("the document of " + where + ": " + reason) : parsed;
    }
}
