package tombolo.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import tombolo.azure.simulator.LabClient;
import tombolo.azure.simulator.Main;

/**
 * Asks the simulated cloud from inside its namespace, which is the only place where it answers: {@code CloudConsole FOLDER}. Each line of the input is
 * {@code CUSTOMER verb PATH BODY} with tabs between; each is answered by a line, {@code ok} and JSON, or {@code refused} and why. Ends with its input.
 */
public final class CloudConsole {
    private CloudConsole() { }

    public static void main(String[] words) throws IOException {
        try (LabClient circuits = LabClient.of(Path.of(words[0]), Main.CIRCUIT_CLIENT); LabClient networks = LabClient.of(Path.of(words[0]), Main.NETWORK_CLIENT);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Map<String, LabClient> customers = Map.of("circuits", circuits, "networks", networks);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(answer(customers, line.split("\t", 4)).replace('\n', ' '));
                System.out.flush();
            }
        }
    }

    private static String answer(Map<String, LabClient> customers, String[] words) {
        try {
            LabClient client = customers.get(words[0]);
            return "ok " + switch (words[1]) {
                case "make" -> client.make(words[2], words[3]);
                case "get" -> client.get(words[2]);
                case "delete" -> {
                    client.delete(words[2]);
                    yield "{}";
                }
                case "control" -> client.control(words[2], words[3]);
                default -> throw new IllegalArgumentException("unknown word " + words[1]);
            };
        } catch (RuntimeException refused) {
            return "refused " + refused.getMessage();
        }
    }
}
