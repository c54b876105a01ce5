package tombolo.api.selector;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A selector: an immutable value, equal to every other with the same canonical form. Any thread. */
public final class Selector {
    /**
     * Parentheses inside each other. A text of 1024 characters, the longest that Calico's policies may hold, cannot nest deeper, and every thread's stack holds
     * the recursion.
     */
    public static final int MAX_DEPTH = 512;
    /** Of the text. Longer than any selector that people or controllers write, and parsed in well under a millisecond. */
    public static final int MAX_CHARS = 1 << 16;

    /** Meets everything; what an empty text means. */
    public static final Selector ALL = new Selector(new Expression.All());

    private final Expression expression;
    private final String canonical;

    private Selector(Expression expression) {
        this.expression = expression;
        StringBuilder text = new StringBuilder();
        Text.print(expression, text);
        this.canonical = text.toString();
    }

    /** @throws BadSelector where the text is not one, or beyond a limit */
    public static Selector parse(String text) {
        return new Selector(SelectorParser.parse(text));
    }

    /** @param expression no deeper than {@link #MAX_DEPTH}; what composes expressions adds a level or two to parsed ones, which is harmless */
    public static Selector of(Expression expression) {
        return new Selector(expression);
    }

    public boolean matches(Map<String, String> labels) {
        return expression.matches(labels);
    }

    public Expression expression() {
        return expression;
    }

    /** The one text for all spellings of this selector, such as {@code (a == "b" && has(c))}. Parses to a selector that matches the same. */
    public String canonical() {
        return canonical;
    }

    /** {@code s:} and the unpadded URL-safe Base64 of SHA-224 over {@code s:} and the canonical form: by this, Calico names a selector's set of addresses. */
    public String uniqueId() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-224").digest(("s:" + canonical).getBytes(StandardCharsets.UTF_8));
            return "s:" + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-224", e);
        }
    }

    /** This and that: {@code (this && that)}. */
    public Selector and(Selector that) {
        return new Selector(new Expression.And(List.of(expression, that.expression)));
    }

    /** The same over labels whose names all begin with a prefix, such as {@code pcns.} for those of a namespace. */
    public Selector withLabelPrefix(String prefix) {
        return new Selector(prefixed(expression, prefix));
    }

    private static Expression prefixed(Expression expression, String prefix) {
        return switch (expression) {
            case Expression.All all -> all;
            case Expression.Global global -> global;
            case Expression.Has(String label) -> new Expression.Has(prefix + label);
            case Expression.Compare compare -> new Expression.Compare(prefix + compare.label(), compare.operator(), compare.value());
            case Expression.Member member -> new Expression.Member(prefix + member.label(), member.negated(), member.values());
            case Expression.Not(Expression operand) -> new Expression.Not(prefixed(operand, prefix));
            case Expression.And(List<Expression> operands) -> new Expression.And(prefixed(operands, prefix));
            case Expression.Or(List<Expression> operands) -> new Expression.Or(prefixed(operands, prefix));
        };
    }

    private static List<Expression> prefixed(List<Expression> operands, String prefix) {
        List<Expression> result = new ArrayList<>(operands.size());
        operands.forEach(operand -> result.add(prefixed(operand, prefix)));
        return result;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selector selector && canonical.equals(selector.canonical);
    }

    @Override
    public int hashCode() {
        return canonical.hashCode();
    }

    /** The canonical form. */
    @Override
    public String toString() {
        return canonical;
    }
}
