/// The files that say who may log in, and the two JAAS login modules that read them at every login.
///
/// Invariants: a secret is written with mode 0600 before its first byte; it is never logged; a file that others may
/// read is refused rather than used. Key formats are those of OpenSSH's `authorized_keys` (sshd(8)), without options.
@NullMarked
package tombolo.access.adapter;

import org.jspecify.annotations.NullMarked;
