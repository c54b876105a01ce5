/** The component of gateway-policy. */
@NullMarked
package tombolo.policy.osgi;

import org.jspecify.annotations.NullMarked;
