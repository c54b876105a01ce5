package tombolo.azure.arm.core;

import tombolo.api.azure.ArmRequest;

/**
 * A request as messages name it.
 *
 * @param subscription the operator's name
 * @param what         {@code PUT expressRouteCircuits/er-1}: the method first
 * @param ours         the request's number that we sent along (x-ms-client-request-id)
 */
public record Asked(String subscription, ArmRequest.Method method, String what, String ours) {
    private static final String PROVIDERS = "/providers/";
    private static final int MOST_WORDS = 200;

    /** The part of a path that people know a resource by: type and name, without subscription, group and provider. */
    public static String what(ArmRequest.Method method, String path) {
        int query = path.indexOf('?');
        String bare = query < 0 ? path : path.substring(0, query);
        int provider = bare.lastIndexOf(PROVIDERS);
        String words;
        if (provider >= 0) {
            int type = bare.indexOf('/', provider + PROVIDERS.length());
            words = type < 0 ? bare.substring(provider + 1) : bare.substring(type + 1);
        } else {
            words = bare.substring(1);
        }
        return method + " " + (words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "…" : words);
    }

    /** {@code subscription hub: PUT expressRouteCircuits/er-1}. */
    @Override
    public String toString() {
        return "subscription " + subscription + ": " + what;
    }
}
