package tombolo.api.selector;

import java.util.ArrayList;
import java.util.List;

/** Builds the tree from the words, by recursive descent of bounded depth. */
final class SelectorParser {
    private final List<Token> tokens;
    private int next;
    private int depth;

    private SelectorParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Expression parse(String text) {
        if (text.length() > Selector.MAX_CHARS) {
            throw new BadSelector("a selector of " + text.length() + " characters; the most is " + Selector.MAX_CHARS, Selector.MAX_CHARS);
        }
        SelectorParser parser = new SelectorParser(Tokens.of(text));
        if (parser.peek().kind() == Token.Kind.END) {
            return new Expression.All();
        }
        Expression result = parser.or();
        if (parser.peek().kind() != Token.Kind.END) {
            throw parser.unexpected("'&&', '||' or the end");
        }
        return result;
    }

    private Token peek() {
        return tokens.get(next);
    }

    private Token take() {
        Token token = tokens.get(next);
        if (token.kind() != Token.Kind.END) {
            next++;
        }
        return token;
    }

    private boolean takeIf(Token.Kind kind) {
        if (peek().kind() == kind) {
            next++;
            return true;
        }
        return false;
    }

    private Token want(Token.Kind kind) {
        if (peek().kind() != kind) {
            throw unexpected(kind.words());
        }
        return take();
    }

    private BadSelector unexpected(String wanted) {
        Token seen = peek();
        String text = seen.text().isEmpty() ? "" : " '" + seen.text() + "'";
        return new BadSelector(seen.kind().words() + text + " where " + wanted + " was expected", seen.at());
    }

    private Expression or() {
        if (++depth > Selector.MAX_DEPTH) {
            throw new BadSelector("parentheses nested deeper than " + Selector.MAX_DEPTH, peek().at());
        }
        List<Expression> operands = new ArrayList<>();
        do {
            operands.add(and());
        } while (takeIf(Token.Kind.OR));
        depth--;
        return operands.size() == 1 ? operands.getFirst() : new Expression.Or(operands);
    }

    private Expression and() {
        List<Expression> operands = new ArrayList<>();
        do {
            operands.add(operation());
        } while (takeIf(Token.Kind.AND));
        return operands.size() == 1 ? operands.getFirst() : new Expression.And(operands);
    }

    private Expression operation() {
        boolean negated = false;
        while (takeIf(Token.Kind.NOT)) {
            negated = !negated;
        }
        Expression operand = primary();
        return negated ? new Expression.Not(operand) : operand;
    }

    private Expression primary() {
        return switch (peek().kind()) {
            case HAS -> new Expression.Has(take().text());
            case ALL -> {
                take();
                yield new Expression.All();
            }
            case GLOBAL -> {
                take();
                yield new Expression.Global();
            }
            case LABEL -> comparison(take().text());
            case LEFT_PARENTHESIS -> {
                take();
                Expression inner = or();
                want(Token.Kind.RIGHT_PARENTHESIS);
                yield inner;
            }
            default -> throw unexpected("a label name, has(), all() or '('");
        };
    }

    private Expression comparison(String label) {
        return switch (peek().kind()) {
            case EQUAL -> compare(label, Expression.Operator.EQUAL);
            case NOT_EQUAL -> compare(label, Expression.Operator.NOT_EQUAL);
            case CONTAINS -> compare(label, Expression.Operator.CONTAINS);
            case STARTS_WITH -> compare(label, Expression.Operator.STARTS_WITH);
            case ENDS_WITH -> compare(label, Expression.Operator.ENDS_WITH);
            case IN -> {
                take();
                yield Expression.Member.in(label, set());
            }
            case NOT_IN -> {
                take();
                yield Expression.Member.notIn(label, set());
            }
            default -> throw unexpected("an operator behind the label '" + label + "'");
        };
    }

    private Expression compare(String label, Expression.Operator operator) {
        take();
        return new Expression.Compare(label, operator, want(Token.Kind.STRING).text());
    }

    private List<String> set() {
        want(Token.Kind.LEFT_BRACE);
        List<String> values = new ArrayList<>();
        // An empty set and a comma behind the last value are accepted, as Calico accepts them.
        while (peek().kind() == Token.Kind.STRING) {
            values.add(take().text());
            if (!takeIf(Token.Kind.COMMA)) {
                break;
            }
        }
        want(Token.Kind.RIGHT_BRACE);
        return values;
    }
}
