package tombolo.config.core;

import java.util.Optional;

/**
 * One key of one kind of file: everything that validation, error text and the samples in etc/ need to know of it.
 *
 * @param name      as it stands in the file; {@code <n>} stands for a rule's number and {@code <name>} for a free name
 * @param type      what its value may be
 * @param value     the default as a value, where there is one
 * @param otherwise what holds where the key is absent and {@code value} is empty ("none", "the host name")
 * @param example   a valid value, used in the samples
 * @param effect    what it does, in sentences
 * @param required  whether the file is refused without it
 * @param insteadOf the key with which this one must not stand together, where there is one
 */
public record Key<T>(String name, ValueType<T> type, Optional<String> value, String otherwise, String example, String effect, boolean required,
                     Optional<String> insteadOf) {
    public Key {
        type.parse(example); // a wrong example or default is a mistake of ours, found when the class is loaded
        value.ifPresent(type::parse);
    }

    static <T> Key<T> required(String name, ValueType<T> type, String example, String effect) {
        return new Key<>(name, type, Optional.empty(), "none: the key is required", example, effect, true, Optional.empty());
    }

    static <T> Key<T> optional(String name, ValueType<T> type, String otherwise, String example, String effect) {
        return new Key<>(name, type, Optional.empty(), otherwise, example, effect, false, Optional.empty());
    }

    static <T> Key<T> defaulting(String name, ValueType<T> type, String value, String effect) {
        return new Key<>(name, type, Optional.of(value), value, value, effect, false, Optional.empty());
    }

    Key<T> instead(String other) {
        return new Key<>(name, type, value, otherwise, example, effect, required, Optional.of(other));
    }

    Key<T> in(String unit) {
        return new Key<>(name, type.in(unit), value, otherwise, example, effect, required, insteadOf);
    }

    Key<T> example(String better) {
        return new Key<>(name, type, value, otherwise, better, effect, required, insteadOf);
    }
}
