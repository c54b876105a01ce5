package tombolo.shell.osgi;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Option;
import tombolo.shell.core.Failure;

/**
 * Options behind arguments: {@code bgp:routes 10.0.0.0/8 --longer}, as people write them. Karaf itself ends its options at the first argument and takes
 * what follows for arguments; a command collects these in a last argument and has them read here into its own {@code @Option} fields.
 */
final class TrailingOptions {
    private TrailingOptions() { }

    /** @throws Failure for what is no option of the command, or has no or no fitting value */
    static void read(Object command, List<String> words) {
        for (Iterator<String> left = words.iterator(); left.hasNext();) {
            String word = left.next();
            int equals = word.indexOf('=');
            String name = word.startsWith("--") && equals > 0 ? word.substring(0, equals) : word;
            Field field = options(command.getClass()).stream().filter(each -> each.getAnnotation(Option.class).name().equals(name)).findFirst()
                    .orElseThrow(() -> new Failure("TMB-SHL-003 '" + word + "' is neither an argument nor an option here; options: "
                            + String.join(", ", options(command.getClass()).stream().map(each -> each.getAnnotation(Option.class).name()).sorted().toList())
                                    + "."));
            if (field.getType() == boolean.class) {
                set(command, field, true);
                continue;
            }
            String value = equals > 0 ? word.substring(equals + 1) : Optional.of(left).filter(Iterator::hasNext).map(Iterator::next)
                    .orElseThrow(() -> new Failure("TMB-SHL-003 " + name + " needs a value."));
            set(command, field, field.getType() == int.class || field.getType() == Integer.class ? number(name, value) : value);
        }
    }

    private static Object number(String name, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new Failure("TMB-SHL-003 " + name + " '" + value + "' is not a number.");
        }
    }

    private static List<Field> options(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            Arrays.stream(each.getDeclaredFields()).filter(field -> field.isAnnotationPresent(Option.class)).forEach(fields::add);
        }
        return fields;
    }

    private static void set(Object command, Field field, Object value) {
        try {
            field.set(command, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("option fields of commands are visible in their package", e);
        }
    }
}
