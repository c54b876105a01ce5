/** The component of gateway-ipam: hands services to the runner, and offers {@link tombolo.api.ipam.Ipam} while there are a datastore and resources. */
@NullMarked
package tombolo.ipam.osgi;

import org.jspecify.annotations.NullMarked;
