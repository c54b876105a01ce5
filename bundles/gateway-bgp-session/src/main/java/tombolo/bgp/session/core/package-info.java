/** The session's rules without any I/O: the state machine, the OPEN and NOTIFICATION codecs, the checks. See {@link tombolo.bgp.session.core.Fsm}. */
@NullMarked
package tombolo.bgp.session.core;

import org.jspecify.annotations.NullMarked;
