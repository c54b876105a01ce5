/**
 * What every subsystem is built on: {@link tombolo.runtime.Loop} (one writer with a bounded mailbox), {@link tombolo.runtime.StateKeeper} (tables that
 * outlive the swap of a bundle), {@link tombolo.runtime.LatestWish} (what is done at leisure, and only as it was wished last), {@link tombolo.runtime.Secrets}
 * (keys and passwords, read where they are used), {@link tombolo.runtime.LimitedBody} (an HTTP answer of bounded length), {@link tombolo.runtime.BootId} (which
 * start of the machine this is). JSON text is in {@code tombolo.runtime.json}.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.runtime;

import org.jspecify.annotations.NullMarked;
