package tombolo.api.nftables;

/**
 * What becomes of a packet.
 *
 * @param chain to which JUMP and GOTO lead; else ""
 */
public record Verdict(Kind kind, String chain) implements Element.Datum {
    public static final Verdict ACCEPT = new Verdict(Kind.ACCEPT, "");
    public static final Verdict DROP = new Verdict(Kind.DROP, "");
    public static final Verdict RETURN = new Verdict(Kind.RETURN, "");

    public Verdict {
        boolean leads = kind == Kind.JUMP || kind == Kind.GOTO;
        if (leads) {
            Names.checked(chain);
        } else if (!chain.isEmpty()) {
            throw new IllegalArgumentException(kind + " leads to no chain, not to " + chain);
        }
    }

    public enum Kind { ACCEPT, DROP, RETURN, JUMP, GOTO }

    public static Verdict jump(String chain) {
        return new Verdict(Kind.JUMP, chain);
    }

    public static Verdict goTo(String chain) {
        return new Verdict(Kind.GOTO, chain);
    }
}
