/** The embedded store as functions: states, history, and what a file of frames says. No I/O, no clock, no thread. */
@NullMarked
package tombolo.datastore.core;

import org.jspecify.annotations.NullMarked;
