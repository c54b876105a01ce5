/** What tests of every bundle that writes to the kernel share: a network namespace of their own. */
@NullMarked
package tombolo.api.kernel.contract;

import org.jspecify.annotations.NullMarked;
