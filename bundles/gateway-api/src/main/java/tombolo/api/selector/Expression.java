package tombolo.api.selector;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.Collections;
import java.util.TreeSet;
import java.util.Collection;

/** What a selector says, as a tree. */
public sealed interface Expression {
    /** Whether these labels meet it. */
    boolean matches(Map<String, String> labels);

    /** Meets everything. */
    record All() implements Expression {
        @Override
        public boolean matches(Map<String, String> labels) {
            return true;
        }
    }

    /** Stands for "in no namespace" in the namespace selector of a rule and is rewritten there; by itself it meets everything, as in Calico. */
    record Global() implements Expression {
        @Override
        public boolean matches(Map<String, String> labels) {
            return true;
        }
    }

    /** The label is there. */
    record Has(String label) implements Expression {
        public Has {
            Text.checkLabel(label);
        }

        @Override
        public boolean matches(Map<String, String> labels) {
            return labels.containsKey(label);
        }
    }

    /** How the value of a label stands to a text. */
    enum Operator {
        EQUAL("=="), NOT_EQUAL("!="), CONTAINS("contains"), STARTS_WITH("starts with"), ENDS_WITH("ends with");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        /** As the canonical form writes it. */
        public String text() {
            return text;
        }
    }

    /** @param value holds at most one of the two kinds of quotes: the language has no escapes */
    record Compare(String label, Operator operator, String value) implements Expression {
        public Compare {
            Text.checkLabel(label);
            Text.checkValue(value);
        }

        @Override
        public boolean matches(Map<String, String> labels) {
            String seen = labels.get(label);
            if (seen == null) {
                return operator == Operator.NOT_EQUAL;
            }
            return switch (operator) {
                case EQUAL -> seen.equals(value);
                case NOT_EQUAL -> !seen.equals(value);
                case CONTAINS -> seen.contains(value);
                case STARTS_WITH -> seen.startsWith(value);
                case ENDS_WITH -> seen.endsWith(value);
            };
        }
    }

    /** The value is one of some, or none of them. @param values by their UTF-8 bytes */
    record Member(String label, boolean negated, SortedSet<String> values) implements Expression {
        public Member {
            Text.checkLabel(label);
            values.forEach(Text::checkValue);
            TreeSet<String> sorted = new TreeSet<>(Text.BY_CODE_POINTS);
            sorted.addAll(values);
            values = Collections.unmodifiableSortedSet(sorted);
        }

        public static Member in(String label, Collection<String> values) {
            return new Member(label, false, sorted(values));
        }

        public static Member notIn(String label, Collection<String> values) {
            return new Member(label, true, sorted(values));
        }

        private static SortedSet<String> sorted(Collection<String> values) {
            TreeSet<String> sorted = new TreeSet<>(Text.BY_CODE_POINTS);
            sorted.addAll(values);
            return sorted;
        }

        @Override
        public boolean matches(Map<String, String> labels) {
            String seen = labels.get(label);
            return seen == null ? negated : negated != values.contains(seen);
        }
    }

    record Not(Expression operand) implements Expression {
        @Override
        public boolean matches(Map<String, String> labels) {
            return !operand.matches(labels);
        }
    }

    /** @param operands at least two */
    record And(List<Expression> operands) implements Expression {
        public And {
            operands = Text.several(operands);
        }

        @Override
        public boolean matches(Map<String, String> labels) {
            for (Expression operand : operands) {
                if (!operand.matches(labels)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** @param operands at least two */
    record Or(List<Expression> operands) implements Expression {
        public Or {
            operands = Text.several(operands);
        }

        @Override
        public boolean matches(Map<String, String> labels) {
            for (Expression operand : operands) {
                if (operand.matches(labels)) {
                    return true;
                }
            }
            return false;
        }
    }
}
