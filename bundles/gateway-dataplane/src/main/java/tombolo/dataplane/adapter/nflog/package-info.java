/** {@link tombolo.dataplane.adapter.nflog.KernelPacketLog}: a netlink socket and a thread for each group that somebody listens to. */
@NullMarked
package tombolo.dataplane.adapter.nflog;

import org.jspecify.annotations.NullMarked;
