package tombolo.api.resource;

import java.util.Optional;
import tombolo.api.selector.Selector;

/**
 * {@code GlobalNetworkPolicy}.
 *
 * @param doNotTrack        decided per packet, before connections are tracked; not together with preDnat; needs applyOnForward
 * @param preDnat           decided before destination addresses are changed; ingress only; needs applyOnForward
 * @param namespaceSelector over the labels of the endpoint's namespace
 */
public record GlobalNetworkPolicy(PolicyBody body, boolean doNotTrack, boolean preDnat, boolean applyOnForward, Optional<Selector> namespaceSelector) implements ResourceSpec { }
