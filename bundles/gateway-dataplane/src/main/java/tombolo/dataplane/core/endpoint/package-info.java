/**
 * The rtnetlink messages of container interfaces: encoders for what an {@link tombolo.api.endpoint.EndpointPlan} wants, parsers for what the kernel says is
 * there. Pure: arrays in, arrays out.
 *
 * <p>Sources: rtnetlink(7), veth(4), linux/if_link.h, linux/if_addr.h, linux/neighbour.h, linux/ip.h.
 */
@NullMarked
package tombolo.dataplane.core.endpoint;

import org.jspecify.annotations.NullMarked;
