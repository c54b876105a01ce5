package tombolo.policy.adapter.nft;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import tombolo.api.net.AddressFamily;
import tombolo.api.nftables.Names;
import tombolo.api.resource.ResourceId;

/** What chains and sets are called. */
final class NftNames {
    static final String FORWARD = "policy-forward";
    static final String INPUT = "policy-input";
    static final String DELIVER = "policy-deliver";
    static final String TO_HOST = "policy-to-host";
    static final String OWN = "policy-own";
    /** Where the rules of stages lead that decide for later ones. */
    static final String UNTRACKED = "policy-untracked";
    static final String BEFORE_DNAT = "policy-before-dnat";
    static final String LOG_SHARE = "policy-log-share";
    static final String STRANGE = "policy-strange";
    static final String SENT = "policy-sent";
    static final String RECEIVED = "policy-received";
    static final String UNKNOWN_FORWARD = "policy-unknown-forward";
    static final String UNKNOWN_INPUT = "policy-unknown-input";
    static final String WORKLOADS = "policy-workloads";
    /** Of a hash, in hexadecimal digits: two of a hundred thousand names are alike once in 10^9 nodes. */
    private static final int HASH = 16;
    /** Of a resource's name in a chain's: the rest of the line is for people. */
    private static final int READABLE = 60;

    /** Stands before a hash in place of a name's end: no name of a resource has it. */
    private static final String SHORTENED = "~";

    /** Never fed itself: to look for the algorithm costs more than to clone what was found. */
    private static final MessageDigest SHA_256 = sha256();
    private static final HexFormat HEX = HexFormat.of();

    private NftNames() { }

    /**
     * By interface, of what goes to endpoints. Numbers and ways to chains are of two shapes, and have two names: a set that is made anew under its name is gone for the packets that are on their
     * way.
     */
    static String to(boolean numbered) {
        return numbered ? "policy-number-to" : "policy-to";
    }

    /** By interface and source address, of what endpoints send; as {@link #to}. */
    static String from(boolean numbered, AddressFamily family) {
        return (numbered ? "policy-number-from" : "policy-from") + digit(family);
    }

    static String wide(AddressFamily family) {
        return "policy-wide" + digit(family);
    }

    /** Hardware addresses of endpoints behind the node's bridge. */
    static final String BRIDGED_MACS = "policy-bridged-macs";

    /** Addresses of endpoints behind a bridge that has an uplink. */
    static String bridgedAddresses(AddressFamily family) {
        return "policy-bridged-own" + digit(family);
    }

    /** By hardware and source address, of what comes in by the node's bridge. */
    static String bridgedFrom(AddressFamily family) {
        return "policy-bridged-from" + digit(family);
    }

    /** As {@link #wide}, of what comes in by the node's bridge: by hardware address and network. */
    static String bridgedWide(AddressFamily family) {
        return "policy-bridged-wide" + digit(family);
    }

    /** By destination, of what goes out by the node's bridge. */
    static String bridgedTo(AddressFamily family) {
        return "policy-bridged-to" + digit(family);
    }

    /** From the number of a list of policies to its chain. */
    static String lists(boolean ingress) {
        return ingress ? "policy-lists-in" : "policy-lists-out";
    }

    static String digit(AddressFamily family) {
        return family == AddressFamily.IPV4 ? "4" : "6";
    }

    static String policy(ResourceId id, boolean ingress) {
        return (ingress ? "policy-in-" : "policy-out-") + hash(id.toString()) + "-" + readable(id.namespace().map(namespace -> namespace + ".").orElse("") + id.name());
    }

    static String profile(String name, boolean ingress) {
        return (ingress ? "policy-in-" : "policy-out-") + hash("profile " + name) + "-" + readable(name);
    }

    /** Where a rule leads that denies. */
    static String denied(String owner, boolean ingress, int rule) {
        return (ingress ? "policy-deny-in-" : "policy-deny-out-") + hash(owner + " " + rule) + "-" + readable(owner) + (rule == 0 ? "" : "-" + rule);
    }

    /** Whose it is and what of it, as a comment that tells it from all others: the end of a long name gives way to its hash, and nothing behind it does. */
    static String comment(String owner, String what) {
        if (bytes(owner) + bytes(what) <= Names.LONGEST_COMMENT) {
            return owner + what;
        }
        String end = SHORTENED + hash(owner) + what;
        String head = Names.comment(owner);
        while (bytes(head) + bytes(end) > Names.LONGEST_COMMENT) {
            head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
        }
        return head + end;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What {@link #comment} was made of, where the owner is one of those. @param owners by their hashes */
    static String whole(String comment, Map<String, String> owners) {
        int at = comment.lastIndexOf(SHORTENED);
        int end = at + 1 + HASH;
        return at < 0 || end > comment.length() || !owners.containsKey(comment.substring(at + 1, end)) ? comment : owners.get(comment.substring(at + 1, end)) + comment.substring(end);
    }

    static String hash(String text) {
        try {
            byte[] digest = ((MessageDigest) SHA_256.clone()).digest(text.getBytes(StandardCharsets.UTF_8));
            return HEX.formatHex(digest, 0, HASH / 2);
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("SHA-256 of the platform can be cloned", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static String readable(String text) {
        StringBuilder clean = new StringBuilder(Math.min(READABLE, text.length()));
        for (int i = 0; i < text.length() && i < READABLE; i++) {
            char c = text.charAt(i);
            boolean may = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-';
            clean.append(may ? c : '_');
        }
        return clean.toString();
    }
}
