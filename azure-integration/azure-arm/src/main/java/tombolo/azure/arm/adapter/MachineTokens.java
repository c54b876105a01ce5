package tombolo.azure.arm.adapter;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tombolo.api.azure.ArmException.Reason;
import tombolo.azure.arm.core.ArcChallenge;
import tombolo.azure.arm.core.Cloud;
import tombolo.azure.arm.core.Reply;
import tombolo.azure.arm.core.Token;

/**
 * Tokens for this machine: the managed identity of a virtual machine, by IMDS, or that of a machine of Azure Arc, by its agent, who first wants to see that the
 * node may read a file.
 */
final class MachineTokens implements TokenSource {
    private static final Map<String, String> METADATA = Map.of("Metadata", "true", "Accept", "application/json");

    private final Desk desk;
    private final String url;
    private final Optional<Path> arcFolder;

    private MachineTokens(Desk desk, String url, Optional<Path> arcFolder) {
        this.desk = desk;
        this.url = url;
        this.arcFolder = arcFolder;
    }

    /** @param clientId of a user-assigned identity */
    static MachineTokens imds(Desk desk, Cloud cloud, String endpoint, Optional<String> clientId) {
        return new MachineTokens(desk, endpoint + "?api-version=2018-02-01&resource=" + encoded(cloud.resource()) + clientId.map(id -> "&client_id=" + encoded(id)).orElse(""),
                Optional.empty());
    }

    /** @param folder the only one whose files are read */
    static MachineTokens arc(Desk desk, Cloud cloud, String endpoint, Path folder) {
        return new MachineTokens(desk, endpoint + "?api-version=2020-06-01&resource=" + encoded(cloud.resource()), Optional.of(folder));
    }

    @Override
    public Token fetch(Time.Deadline deadline) throws TokenTrouble {
        Instant asked = desk.time.now();
        long askedNanos = desk.time.nanos();
        if (arcFolder.isEmpty()) {
            Reply reply = ask(METADATA, deadline);
            return desk.token(reply, "IMDS at " + url, "Check that this virtual machine has the managed identity (client-id where it is a user-assigned one).", asked, askedNanos);
        }
        Reply challenge = ask(METADATA, deadline);
        if (challenge.status() != 401) {
            return desk.token(challenge, "the agent of Azure Arc at " + url, "Check that the machine is connected (azcmagent show).", asked, askedNanos);
        }
        String proof = switch (ArcChallenge.read(challenge.header("www-authenticate"), arcFolder.get().toString())) {
            case ArcChallenge.Read.Good(String path) -> proof(Path.of(path), arcFolder.get());
            case ArcChallenge.Read.Refused(String why) -> throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-024", "who answers at " + url + " is not taken for the agent of Azure Arc: "
                    + why);
        };
        Reply reply = ask(Map.of("Metadata", "true", "Accept", "application/json", "Authorization", "Basic " + proof), deadline);
        return desk.token(reply, "the agent of Azure Arc at " + url, "Check that the machine is connected (azcmagent show).", asked, askedNanos);
    }

    private Reply ask(Map<String, String> headers, Time.Deadline deadline) throws TokenTrouble {
        return desk.ask("GET", url, headers, Optional.empty(), deadline, Reply::good);
    }

    /** A link would lead out of the folder. */
    private String proof(Path file, Path folder) throws TokenTrouble {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !file.toRealPath().getParent().equals(folder.toRealPath()) || Files.size(file) > ArcChallenge.MOST_BYTES) {
                throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-024", "the file of the challenge, " + file + ", is no plain file of at most " + ArcChallenge.MOST_BYTES
                        + " bytes in " + folder);
            }
        } catch (IOException _) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-024", "the file of the challenge, " + file + ", cannot be looked at");
        }
        String proof = desk.read("the file of the challenge,", file).strip();
        if (proof.isEmpty() || proof.chars().anyMatch(c -> c < ' ' || c > 0x7e)) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-024", "the file of the challenge, " + file + ", holds no key; the node's user must be in the group himds");
        }
        return proof;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
