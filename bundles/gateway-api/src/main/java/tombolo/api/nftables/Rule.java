package tombolo.api.nftables;

import java.util.Arrays;
import java.util.List;

/**
 * Statements in order: a packet goes on to the next as long as each match holds.
 *
 * @param comment shown by nft behind the rule
 */
public record Rule(List<Statement> statements, String comment) {
    /** The kernel takes 128 expressions; a statement is up to four. */
    public static final int MOST_STATEMENTS = 30;

    public Rule {
        statements = List.copyOf(statements);
        comment = Names.comment(comment);
        if (statements.size() > MOST_STATEMENTS) {
            throw new IllegalArgumentException(statements.size() + " statements in a rule; at most " + MOST_STATEMENTS);
        }
    }

    public static Rule of(String comment, Statement... statements) {
        return new Rule(Arrays.asList(statements), comment);
    }
}
