package tombolo.azure.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The id of a resource of Microsoft.Network. ARM compares ids without regard to case and gives them back as they were first written.
 *
 * @param types canonical spelling, outermost first
 * @param names as many as types
 */
record ResourceId(String subscription, String group, List<String> types, List<String> names) {
    static final String PROVIDER = "Microsoft.Network";

    ResourceId {
        types = List.copyOf(types);
        names = List.copyOf(names);
        if (types.isEmpty() || types.size() != names.size()) {
            throw new IllegalArgumentException("types " + types + " and names " + names + " do not pair");
        }
    }

    /** The id written as ARM writes it, in any case; {@link ArmFault} 400 where it is none. */
    static ResourceId parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 9 || parts.length % 2 == 0 || !parts[0].isEmpty() || !parts[1].equalsIgnoreCase("subscriptions")
                || !parts[3].equalsIgnoreCase("resourceGroups") || !parts[5].equalsIgnoreCase("providers") || !parts[6].equalsIgnoreCase(PROVIDER)) {
            throw ArmFault.badRequest("LinkedInvalidPropertyId", "Property id '" + text + "' is invalid. Expect fully qualified resource Id that start with "
                    + "'/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.");
        }
        List<String> types = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 7; i < parts.length; i += 2) {
            types.add(Kinds.canonical(parts[i]));
            names.add(parts[i + 1]);
        }
        return new ResourceId(parts[2], parts[4], types, names);
    }

    /** Such as {@code expressRouteCircuits/peerings}. */
    String kind() {
        return String.join("/", types);
    }

    /** Such as {@code Microsoft.Network/expressRouteCircuits/peerings}. */
    String type() {
        return PROVIDER + "/" + kind();
    }

    String name() {
        return names.getLast();
    }

    boolean isTop() {
        return types.size() == 1;
    }

    ResourceId parent() {
        return new ResourceId(subscription, group, types.subList(0, types.size() - 1), names.subList(0, names.size() - 1));
    }

    ResourceId top() {
        return new ResourceId(subscription, group, types.subList(0, 1), names.subList(0, 1));
    }

    ResourceId child(String type, String name) {
        List<String> innerTypes = new ArrayList<>(types);
        List<String> innerNames = new ArrayList<>(names);
        innerTypes.add(type);
        innerNames.add(name);
        return new ResourceId(subscription, group, innerTypes, innerNames);
    }

    String text() {
        StringBuilder text = new StringBuilder("/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + PROVIDER);
        for (int i = 0; i < types.size(); i++) {
            text.append('/').append(types.get(i)).append('/').append(names.get(i));
        }
        return text.toString();
    }

    /** Equal for what ARM takes as the same. */
    String key() {
        return text().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return text();
    }
}
