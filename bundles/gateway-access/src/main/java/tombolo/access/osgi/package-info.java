/// The login realm `tombolo` as a service of Karaf's JAAS registry.
///
/// ```
/// ssh, JMX ──▶ realm "tombolo" ──▶ KeyLogin       ◀── AuthorizedKeys  etc/tombolo.authorized_keys, data/local.key.pub
///                              └─▶ PasswordLogin  ◀── AdminPassword   etc/tombolo.admin.password (0600)
/// ```
/// Without this bundle nobody can log in: the sshd and JMX name this realm and Karaf's own realm has no user.
/// Known gap: there is one user, `admin`, with every role.
@NullMarked
package tombolo.access.osgi;

import org.jspecify.annotations.NullMarked;
