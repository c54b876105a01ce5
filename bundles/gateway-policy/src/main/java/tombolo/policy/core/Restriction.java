package tombolo.policy.core;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import tombolo.api.selector.Expression;

/**
 * What labels must at least say for an expression to be met: one of some keys, or nothing that can be named. By it, an expression is looked at only for things that
 * have such a label, and only those things are looked at for it.
 *
 * @param keys empty and bounded: nothing meets the expression
 * @param bounded false: anything may meet it, {@code keys} says nothing
 */
record Restriction(boolean bounded, Set<Key> keys) {
    private static final Restriction NONE = new Restriction(false, Set.of());

    /** A label that is there, with a value or with any. */
    record Key(String label, Optional<String> value) { }

    Restriction {
        keys = Set.copyOf(keys);
    }

    /** @param cost how many things have such a label: where several parts of an expression restrict it, the cheapest is taken */
    static Restriction of(Expression expression, ToIntFunction<Key> cost) {
        return switch (expression) {
            case Expression.All _, Expression.Global _, Expression.Not _ -> NONE;
            case Expression.Has(String label) -> new Restriction(true, Set.of(new Key(label, Optional.empty())));
            case Expression.Compare compare -> switch (compare.operator()) {
                case EQUAL -> new Restriction(true, Set.of(new Key(compare.label(), Optional.of(compare.value()))));
                case NOT_EQUAL -> NONE;
                case CONTAINS, STARTS_WITH, ENDS_WITH -> new Restriction(true, Set.of(new Key(compare.label(), Optional.empty())));
            };
            case Expression.Member member -> {
                if (member.negated()) {
                    yield NONE;
                }
                Set<Key> keys = new HashSet<>();
                member.values().forEach(value -> keys.add(new Key(member.label(), Optional.of(value))));
                yield new Restriction(true, keys);
            }
            case Expression.And(List<Expression> operands) -> operands.stream().map(each -> of(each, cost)).min((one, other) -> Long.compare(one.cost(cost), other.cost(cost))).orElse(NONE);
            case Expression.Or(List<Expression> operands) -> {
                Set<Key> keys = new HashSet<>();
                for (Expression operand : operands) {
                    Restriction restriction = of(operand, cost);
                    if (!restriction.bounded) {
                        yield NONE;
                    }
                    keys.addAll(restriction.keys);
                }
                yield new Restriction(true, keys);
            }
        };
    }

    private long cost(ToIntFunction<Key> of) {
        return bounded ? keys.stream().mapToLong(of::applyAsInt).sum() : Long.MAX_VALUE;
    }
}
