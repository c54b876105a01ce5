/**
 * What the files in etc/ say, as validated values. One ConfigReader (gateway-config) reads every {@code tombolo.*.cfg}, checks it, and publishes one
 * immutable {@link tombolo.api.config.Settings}; nobody else reads a file. A consumer compares the new records with those it acts on and touches only
 * what differs: records compare by value.
 *
 * <pre>
 * etc/tombolo.*.cfg ─► ConfigReader ─► Settings ─► SettingsListener services (whiteboard)
 *                          └► rejected file: error text, last good version stays in force
 * </pre>
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.config;

import org.jspecify.annotations.NullMarked;
