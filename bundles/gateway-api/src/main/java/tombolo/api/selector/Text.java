package tombolo.api.selector;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The canonical text of an expression, and what its parts may be. */
final class Text {
    /** Calico's own limit. */
    static final int MAX_LABEL_CHARS = 512;

    /** The order of Go's strings, which is that of their UTF-8 bytes. */
    static final Comparator<String> BY_CODE_POINTS = Text::compare;

    private Text() { }

    static boolean isLabelCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '/' || c == '-';
    }

    static void checkLabel(String label) {
        if (label.isEmpty() || label.length() > MAX_LABEL_CHARS || !label.chars().allMatch(c -> isLabelCharacter((char) c))) {
            throw new IllegalArgumentException("'" + label + "' is not a label name: wanted 1 to " + MAX_LABEL_CHARS + " of letters, digits, '_', '.', '/' and '-'");
        }
    }

    static void checkValue(String value) {
        if (value.indexOf('"') >= 0 && value.indexOf('\'') >= 0) {
            throw new IllegalArgumentException("the value " + value + " has both kinds of quotes: no selector can spell it");
        }
    }

    static List<Expression> several(Collection<Expression> operands) {
        if (operands.size() < 2) {
            throw new IllegalArgumentException(operands.size() + " operands; wanted at least 2");
        }
        return List.copyOf(operands);
    }

    static void print(Expression expression, StringBuilder out) {
        switch (expression) {
            case Expression.All _ -> out.append("all()");
            case Expression.Global _ -> out.append("global()");
            case Expression.Has(String label) -> out.append("has(").append(label).append(')');
            case Expression.Compare(String label, Expression.Operator operator, String value) -> {
                out.append(label).append(' ').append(operator.text()).append(' ');
                quote(value, out);
            }
            case Expression.Member member -> {
                out.append(member.label()).append(member.negated() ? " not in {" : " in {");
                String comma = "";
                for (String value : member.values()) {
                    out.append(comma);
                    quote(value, out);
                    comma = ", ";
                }
                out.append('}');
            }
            case Expression.Not(Expression operand) -> {
                out.append('!');
                print(operand, out);
            }
            case Expression.And(List<Expression> operands) -> join(operands, " && ", out);
            case Expression.Or(List<Expression> operands) -> join(operands, " || ", out);
        }
    }

    private static void join(List<Expression> operands, String between, StringBuilder out) {
        out.append('(');
        for (int i = 0; i < operands.size(); i++) {
            if (i > 0) {
                out.append(between);
            }
            print(operands.get(i), out);
        }
        out.append(')');
    }

    private static void quote(String value, StringBuilder out) {
        char quote = value.indexOf('"') >= 0 ? '\'' : '"';
        out.append(quote).append(value).append(quote);
    }

    private static int compare(String left, String right) {
        int i = 0;
        while (i < left.length() && i < right.length()) {
            int a = left.codePointAt(i);
            int b = right.codePointAt(i);
            if (a != b) {
                return Integer.compare(a, b);
            }
            i += Character.charCount(a);
        }
        return Integer.compare(left.length(), right.length());
    }
}
