/**
 * What the node is set to do, as validated values. One reader (gateway-config) reads every {@code tombolo.*.cfg}, takes what other sources say in the same
 * words, checks both, and publishes one immutable {@link tombolo.api.config.Settings}; nobody else reads a file. A consumer compares the new records with those
 * it acts on and touches only what differs: records compare by value.
 *
 * <pre>
 * etc/tombolo.*.cfg ──► ConfigReader ─► merged by weight ─► Settings ─► SettingsListener services (whiteboard)
 *                          │               ▲    └► ConfigEntry: each value, its source, what it shadows
 *                          │               └── Contributions.offer(Contribution): resources, circuits
 *                          └► rejected file: error text, last good version stays in force
 * </pre>
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.config;

import org.jspecify.annotations.NullMarked;
