package tombolo.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import tombolo.azure.simulator.edge.PaperEdge;

/** A simulated cloud whose clock stands until it is moved, and a client that speaks to it over HTTPS. */
final class Cloud implements AutoCloseable {
    static final String API = "api-version=2024-05-01";
    static final String GROUP = "/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    static final String OTHER = "/subscriptions/" + Main.NETWORK_SUBSCRIPTION + "/resourceGroups/lab/providers/Microsoft.Network/";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Moves when told to. */
    static final class Clock implements InstantSource {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void advance(Duration by) {
            now = now.plus(by);
        }
    }

    /** @param body a JSON object, empty where there was no body */
    record Answer(int status, ObjectNode body, HttpResponse<byte[]> raw) {
        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        String code() {
            return body.at("/error/code").asText();
        }

        String text(String path) {
            return Text.at(body, path).asText();
        }
    }

    final Clock clock = new Clock();
    final PaperEdge edge = new PaperEdge();
    final Simulator azure;
    private final HttpClient http;
    private String token;

    Cloud(Path folder) {
        this(folder, settings -> settings);
    }

    Cloud(Path folder, UnaryOperator<SimulatorSettings> settings) {
        azure = Main.laboratory(settings.apply(SimulatorSettings.quick(folder).clock(clock)), edge);
        http = HttpClient.newBuilder().sslContext(azure.trusting()).connectTimeout(Duration.ofSeconds(20)).version(HttpClient.Version.HTTP_1_1).build();
        token = token(Main.CIRCUIT_CLIENT).text("access_token");
    }

    Answer token(String client) {
        return form("/" + Main.TENANT + "/oauth2/v2.0/token", "grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_id=" + client + "&client_secret=" + Main.SECRET);
    }

    Answer form(String path, String form) {
        return send(HttpRequest.newBuilder(azure.endpoint().resolve(path)).header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /** Speaks as another application from now on. */
    void as(String client) {
        token = token(client).text("access_token");
    }

    Answer get(String path) {
        return request("GET", path, "");
    }

    Answer put(String path, String body) {
        return request("PUT", path, body.replace('\'', '"'));
    }

    /** Puts, brings the operation to its end and returns what a GET shows then. */
    Answer make(String path, String body) {
        Answer put = put(path, body);
        assertTrue(put.status() == 200 || put.status() == 201, () -> put.status() + " " + put.body());
        finish();
        Answer get = get(path);
        assertEquals("Succeeded", get.text("properties.provisioningState"), get.body().toString());
        return get;
    }

    Answer delete(String path) {
        return request("DELETE", path, "");
    }

    /** Posts, brings the operation to its end and returns the result. */
    Answer result(String path) {
        Answer post = request("POST", path, "");
        assertEquals(202, post.status(), post.body().toString());
        finish();
        return poll(post.header("Location"));
    }

    /** Longer than any operation or provider takes. */
    void finish() {
        clock.advance(Duration.ofSeconds(1));
    }

    Answer poll(String url) {
        return send(authorized(URI.create(url)).GET());
    }

    Answer request(String method, String path, String body, String... headers) {
        URI uri = azure.endpoint().resolve(path + (path.contains("?") ? "&" : "?") + API);
        HttpRequest.Builder builder = authorized(uri).method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return send(builder);
    }

    HttpRequest.Builder authorized(URI uri) {
        return HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> response = http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode body = response.body().length == 0 ? MAPPER.createObjectNode() : MAPPER.readTree(new String(response.body(), StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), (ObjectNode) body, response);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** What is posted to the simulator itself. */
    Answer control(String word, String body) {
        return send(HttpRequest.newBuilder(azure.endpoint().resolve("/simulator/" + word)).POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    static String circuit(String sku, int mbps) {
        return "{'location':'westeurope','sku':{'name':'" + sku + "','tier':'" + sku.split("_")[0] + "','family':'" + sku.split("_")[1]
                + "'},'properties':{'serviceProviderProperties':{'serviceProviderName':'Lab Exchange','peeringLocation':'Amsterdam','bandwidthInMbps':" + mbps + "}}}";
    }

    static String peering(String asn, int vlan, String primary, String secondary) {
        return "{'properties':{'peeringType':'AzurePrivatePeering','peerASN':" + asn + ",'vlanId':" + vlan + ",'primaryPeerAddressPrefix':'" + primary + "','secondaryPeerAddressPrefix':'" + secondary + "'}}";
    }

    /** A circuit {@code name} that the provider has provisioned; its service key. */
    String provisioned(String name, String sku, int mbps) {
        String key = make(GROUP + "expressRouteCircuits/" + name, circuit(sku, mbps)).text("properties.serviceKey");
        azure.provider().provision(key);
        finish();
        return key;
    }

    /** A network with a gateway below {@code group}. */
    void network(String group, String name, String prefix, String gatewayPrefix) {
        make(group + "virtualNetworks/" + name, "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['" + prefix
                + "']},'subnets':[{'name':'GatewaySubnet','properties':{'addressPrefix':'" + gatewayPrefix + "'}}]}}");
        make(group + "virtualNetworkGateways/gw-" + name, "{'location':'westeurope','properties':{'gatewayType':'ExpressRoute','sku':{'name':'ErGw1AZ','tier':'ErGw1AZ'},'ipConfigurations':[{'name':'default',"
                + "'properties':{'subnet':{'id':'" + group + "virtualNetworks/" + name + "/subnets/GatewaySubnet'}}}]}}");
    }

    static String connection(String group, String network, String circuit, String extra) {
        return "{'location':'westeurope','properties':{'connectionType':'ExpressRoute','virtualNetworkGateway1':{'id':'" + group + "virtualNetworkGateways/gw-" + network + "'},'peer':{'id':'" + GROUP
                + "expressRouteCircuits/" + circuit + "'}" + extra + "}}";
    }

    @Override
    public void close() {
        http.close();
        azure.close();
    }
}
