package tombolo.resources.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.LabelForm;
import tombolo.api.resource.PolicyRule;
import tombolo.api.selector.Selector;

/** How values are spelled. Source: projectcalico/calico, {@code libcalico-go/lib/validator/v3} and {@code api/pkg/lib/numorstring}. */
final class Forms {
    static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    static final Pattern SIMPLE_NAME = Pattern.compile(LABEL);
    static final Pattern INTERFACE = Pattern.compile("[a-zA-Z0-9_.-]{1,15}");
    static final Pattern INTERFACE_WILDCARD = Pattern.compile("[a-zA-Z0-9_.*-]{1,15}");
    static final Pattern CONTAINER = Pattern.compile("[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?");
    static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\\1){4}[0-9a-fA-F]{2}");
    static final Pattern PORT_NAME = Pattern.compile("(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*");
    static final Pattern WIREGUARD_KEY = Pattern.compile("[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=");
    static final int MAX_SELECTOR_CHARS = 1024;

    static final String NAME_RULE = "wanted lower case letters, digits, '-' and '.', beginning and ending with a letter or digit";

    private Forms() { }

    static Predicate<String> is(Pattern pattern) {
        return text -> pattern.matcher(text).matches();
    }

    static String name(String text) {
        return checked(text, LabelForm::isDnsName, NAME_RULE);
    }

    static String checked(String text, Predicate<String> form, String rule) {
        if (!form.test(text)) {
            throw new IllegalArgumentException(rule);
        }
        return text;
    }

    static Selector selector(String text) {
        return Selector.parse(text);
    }

    /** A selector of a policy or a rule, whose length Calico bounds. */
    static Selector shortSelector(String text) {
        if (text.length() > MAX_SELECTOR_CHARS) {
            throw new IllegalArgumentException("the most is " + MAX_SELECTOR_CHARS + " characters");
        }
        return Selector.parse(text);
    }

    static Asn asn(String text) {
        return Asn.parse(text);
    }

    /** A network with no bits behind its mask; a bare address is the network of itself alone. */
    static Prefix network(String text) {
        return text.indexOf('/') < 0 ? Prefix.host(IpAddress.parse(text)) : Prefix.parse(text);
    }

    /** A network; bits behind the mask are dropped. */
    static Prefix looseNetwork(String text) {
        return InterfaceAddress.parse(text).network();
    }

    static Function<String, Prefix> network(AddressFamily family) {
        return text -> of(family, network(text), Prefix::family);
    }

    static Function<String, IpAddress> address(AddressFamily family) {
        return text -> of(family, IpAddress.parse(text), IpAddress::family);
    }

    static Function<String, InterfaceAddress> interfaceAddress(AddressFamily family) {
        return text -> of(family, InterfaceAddress.parse(text), each -> each.address().family());
    }

    private static <T> T of(AddressFamily family, T value, Function<T, AddressFamily> its) {
        if (its.apply(value) != family) {
            throw new IllegalArgumentException("wanted " + (family == AddressFamily.IPV4 ? "IPv4" : "IPv6"));
        }
        return value;
    }

    /** {@code 80}, {@code "100:200"} or a name. */
    static PolicyRule.Port port(String text) {
        if (text.matches("[0-9]{1,9}")) {
            int port = Integer.parseInt(text);
            return new PolicyRule.Port.Range(port, port);
        }
        if (text.matches("[0-9]{1,9}:[0-9]{1,9}")) {
            int colon = text.indexOf(':');
            return new PolicyRule.Port.Range(Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
        }
        return new PolicyRule.Port.Named(text);
    }

    /** Spelled words and what they stand for, in the order given. */
    static <T> Map<String, T> words(Object... pairs) {
        Map<String, T> words = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            @SuppressWarnings("unchecked")
            T value = (T) pairs[i + 1];
            words.put((String) pairs[i], value);
        }
        return words;
    }
}
