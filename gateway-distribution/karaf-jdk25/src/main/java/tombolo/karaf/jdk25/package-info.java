/// Lets Karaf 4.4 run on a JDK that has no Security Manager (JEP 486).
///
/// Karaf asks `Subject.getSubject(AccessController.getContext())` who is logged in. Since JDK 24 that call throws, and
/// the access control context no longer carries a Subject, nor does a thread inherit one. The JDK's replacement is
/// `Subject.current()` inside `Subject.callAs(...)`, a scoped value: it ends with the call and never reaches a thread by itself.
///
/// ```
/// class bytes of a bundle ──▶ Agent ──▶ Rewrite ──▶ getSubject(context)         becomes  Subject.current()
///                                                   JaasHelper.doAs(...)        becomes  Subject.doAs(...), which calls callAs
///                                                   a session's task to a pool  becomes  Carried.with the Subject of the submitter
/// ```
///
/// Two rules have nothing to do with the JDK and live here because the means are the same: the SSH command runner does not
/// close the connection under its client, so that the exit status of a command always arrives ([Rewrite]); and a bundle's
/// class loader forgets the threads that have loaded classes from it, so that a replaced bundle's classes go ([ClassLocks]).
///
/// Invariants: a class that none of the rules concerns is left alone, to the byte. A Subject travels with a task, never
/// with a thread: a pool thread that is born inside a session holds no Subject when the task is over.
///
/// Deleting it: see ARCHITECTURE.md, "Karaf on JDK 25".
@NullMarked
package tombolo.karaf.jdk25;

import org.jspecify.annotations.NullMarked;
