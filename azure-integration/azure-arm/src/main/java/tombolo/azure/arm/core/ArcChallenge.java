package tombolo.azure.arm.core;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The challenge of Azure Arc's agent: {@code WWW-Authenticate: Basic realm=/var/opt/azcmagent/tokens/NAME.key}. Whoever may read the file is allowed to have a
 * token. Another program could answer on the agent's port and name any file of this machine, to be sent its content: so only a file of the agent's own folder, with
 * the agent's ending, is read.
 */
public final class ArcChallenge {
    /** As the Azure SDKs have it. */
    public static final int MOST_BYTES = 4096;
    private static final Pattern REALM = Pattern.compile("(?i)\\s*Basic\\s+realm=\"?([^\"]*?)\"?\\s*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,250}\\.key");

    /** The outcome. */
    public sealed interface Read {
        /** @param path the file, right in the folder */
        record Good(String path) implements Read { }

        record Refused(String why) implements Read { }
    }

    private ArcChallenge() { }

    /** @param folder absolute, without a slash at its end */
    public static Read read(Optional<String> header, String folder) {
        Matcher matcher = REALM.matcher(header.orElse(""));
        if (!matcher.matches()) {
            return new Read.Refused("its challenge is not Basic realm=FILE");
        }
        String path = matcher.group(1);
        int slash = path.lastIndexOf('/');
        if (slash < 0 || !path.substring(0, slash).equals(folder) || !NAME.matcher(path.substring(slash + 1)).matches()) {
            return new Read.Refused("it names the file " + Refusals.clean(path.length() > 200 ? path.substring(0, 200) + "…" : path) + ", wanted " + folder + "/NAME.key");
        }
        return new Read.Good(path);
    }
}
