package tombolo.api.azure;

/**
 * A subscription that the node may act in.
 *
 * @param name the operator's name for it: the part of {@code etc/tombolo.azure.subscription-NAME.cfg}
 * @param id the subscription's GUID, lower case
 * @param cloud {@code public}, {@code china}, {@code usgov} or {@code custom}
 */
public record AzureSubscription(String name, String id, String cloud) { }
