/**
 * Tagged interfaces at work: what owners want is kept in the kernel by rtnetlink ({@code KernelSubinterfaces}, the one writer), and TCP's segments over them are
 * lowered by rules of nftables ({@code SegmentClamp}).
 *
 * <p>Nothing of an owner's is touched before it has spoken, and what was made outlives this bundle. The kernel is compared every five seconds and whenever an
 * interface changes.
 */
@NullMarked
package tombolo.dataplane.adapter.subinterface;

import org.jspecify.annotations.NullMarked;
