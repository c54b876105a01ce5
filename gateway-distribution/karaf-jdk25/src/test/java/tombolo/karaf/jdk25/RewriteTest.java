package tombolo.karaf.jdk25;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.PrivilegedAction;
import java.util.List;
import java.util.Optional;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;

/** Rewrites classes made here, loads them and calls them. */
final class RewriteTest {
    private static final ClassDesc SUBJECT = ClassDesc.of("javax.security.auth.Subject");
    private static final ClassDesc CONTEXT = ClassDesc.of("java.security.AccessControlContext");
    private static final ClassDesc ACTION = ClassDesc.of("java.security.PrivilegedAction");

    private final Subject alice = new Subject();

    /** A class with `static Subject who() { return Subject.getSubject(AccessController.getContext()); }`. */
    private static byte[] asksGetSubject(String name) {
        return ClassFile.of().build(ClassDesc.of(name), c -> c.withFlags(ClassFile.ACC_PUBLIC).withMethodBody("who", MethodTypeDesc.of(SUBJECT),
                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC, b -> b
                        .invokestatic(ClassDesc.of("java.security.AccessController"), "getContext", MethodTypeDesc.of(CONTEXT))
                        .invokestatic(SUBJECT, "getSubject", MethodTypeDesc.of(SUBJECT, CONTEXT))
                        .areturn()));
    }

    private static MethodHandle load(byte[] bytes, String name, String method, MethodType type) throws ReflectiveOperationException {
        ClassLoader loader = new ClassLoader(RewriteTest.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String wanted) {
                return defineClass(name, bytes, 0, bytes.length);
            }
        };
        return MethodHandles.publicLookup().findStatic(makePublic(loader, name), method, type);
    }

    private static Class<?> makePublic(ClassLoader loader, String name) throws ClassNotFoundException {
        return Class.forName(name, true, loader);
    }

    private static byte[] rewritten(byte[] bytes) {
        return Rewrite.rewrite(bytes, RewriteTest.class.getClassLoader()).orElseThrow();
    }

    @Test
    void getSubjectAnswersTheSubjectOfTheCall() throws Throwable {
        MethodHandle who = load(rewritten(asksGetSubject("sample.Asks")), "sample.Asks", "who", MethodType.methodType(Subject.class));
        assertSame(alice, Subject.callAs(alice, () -> call(who)));
        assertNull(call(who));
    }

    @Test
    void withoutTheRewriteItThrowsWhichIsWhyThisModuleExists() throws Throwable {
        MethodHandle who = load(asksGetSubject("sample.Asks"), "sample.Asks", "who", MethodType.methodType(Subject.class));
        assertInstanceOf(UnsupportedOperationException.class, assertThrows(Throwable.class, who::invoke));
    }

    @Test
    void jaasHelperRunsItsActionAsTheSubject() throws Throwable {
        String name = "org.apache.karaf.util.jaas.JaasHelper";
        byte[] helper = ClassFile.of().build(ClassDesc.of(name), c -> c.withFlags(ClassFile.ACC_PUBLIC).withMethodBody("doAs",
                MethodTypeDesc.of(ConstantDescs.CD_Object, SUBJECT, ACTION), ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                b -> b.aload(1).invokeinterface(ACTION, "run", MethodTypeDesc.of(ConstantDescs.CD_Object)).areturn()));
        MethodHandle doAs = load(rewritten(helper), name, "doAs", MethodType.methodType(Object.class, Subject.class, PrivilegedAction.class));
        PrivilegedAction<Object> who = Subject::current;
        assertSame(alice, doAs.invoke(alice, who));
    }

    @Test
    void theSshCommandRunnerDoesNotCloseTheConnectionUnderItsClient() {
        assertEquals(List.of("java/io/Closeable.close"), calls(rewritten(closesTheConnection("org.apache.karaf.shell.ssh.ShellCommand"))));
        assertTrue(Rewrite.rewrite(closesTheConnection("sample.Other"), RewriteTest.class.getClassLoader()).isEmpty(), "only that class");
    }

    /** A class that names Subject, closes a ServerSession and then something else. */
    private static byte[] closesTheConnection(String name) {
        ClassDesc session = ClassDesc.of("org.apache.sshd.server.session.ServerSession");
        ClassDesc closeable = ClassDesc.of("java.io.Closeable");
        return ClassFile.of().build(ClassDesc.of(name), c -> c.withMethodBody("run", MethodTypeDesc.of(ConstantDescs.CD_void, session, closeable, SUBJECT),
                ClassFile.ACC_STATIC, b -> b
                        .aload(0).iconst_0()
                        .invokeinterface(session, "close", MethodTypeDesc.of(ClassDesc.of("org.apache.sshd.common.future.CloseFuture"), ConstantDescs.CD_boolean))
                        .pop()
                        .aload(1).invokeinterface(closeable, "close", MethodTypeDesc.of(ConstantDescs.CD_void))
                        .return_()));
    }

    private static List<String> calls(byte[] bytes) {
        assertEquals(List.of(), ClassFile.of().verify(bytes).stream().map(Throwable::getMessage).toList());
        return ClassFile.of().parse(bytes).methods().stream().flatMap(m -> m.code().orElseThrow().elementStream())
                .filter(InvokeInstruction.class::isInstance).map(InvokeInstruction.class::cast)
                .map(call -> call.owner().asInternalName() + "." + call.name().stringValue()).toList();
    }

    @Test
    void onlyTheBundleClassLoaderTakesItsLocksThroughClassLocks() {
        assertEquals(List.of("tombolo/karaf/jdk25/ClassLocks.take"), calls(rewritten(takesLock("org.apache.felix.framework.BundleWiringImpl$BundleClassLoader"))));
        assertTrue(Rewrite.rewrite(takesLock("sample.Other"), RewriteTest.class.getClassLoader()).isEmpty());
    }

    private static byte[] takesLock(String name) {
        ClassDesc map = ClassDesc.of("java.util.concurrent.ConcurrentHashMap");
        MethodTypeDesc put = MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
        return ClassFile.of().build(ClassDesc.of(name), c -> c.withMethodBody("define", MethodTypeDesc.of(ConstantDescs.CD_Object, map),
                ClassFile.ACC_STATIC, b -> b.aload(0).ldc("sample.Class").ldc("me").invokevirtual(map, "putIfAbsent", put).areturn()));
    }

    @Test
    void aClassThatNoRuleConcernsIsLeftAlone() {
        byte[] mentions = ClassFile.of().build(ClassDesc.of("sample.Mentions"), c -> c.withMethodBody("none", MethodTypeDesc.of(SUBJECT),
                ClassFile.ACC_STATIC, b -> b.new_(SUBJECT).dup().invokespecial(SUBJECT, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void).areturn()));
        assertEquals(Optional.empty(), Rewrite.rewrite(mentions, RewriteTest.class.getClassLoader()));
        byte[] other = ClassFile.of().build(ClassDesc.of("sample.Other"), c -> { });
        assertTrue(Rewrite.rewrite(other, RewriteTest.class.getClassLoader()).isEmpty());
    }

    private static Object call(MethodHandle handle) throws Exception {
        try {
            return handle.invoke();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
