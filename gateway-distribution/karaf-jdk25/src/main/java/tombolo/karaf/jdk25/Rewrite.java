package tombolo.karaf.jdk25;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The rules, as a pure function from class bytes to class bytes. Safe for any thread.
public final class Rewrite {
    private static final ClassDesc SUBJECT = ClassDesc.of("javax.security.auth.Subject");
    private static final ClassDesc CARRIED = ClassDesc.of("tombolo.karaf.jdk25.Carried");
    private static final ClassDesc CLASS_LOCKS = ClassDesc.of("tombolo.karaf.jdk25.ClassLocks");
    private static final MethodTypeDesc TAKE = MethodTypeDesc.of(ConstantDescs.CD_Object, ClassDesc.of(ConcurrentHashMap.class.getName()),
            ConstantDescs.CD_Object, ConstantDescs.CD_Object);
    private static final ClassDesc RUNNABLE = ClassDesc.of("java.lang.Runnable");
    private static final ClassDesc COLLECTION = ClassDesc.of(Collection.class.getName());

    /// Karaf embeds this class in each of its bundles.
    private static final String JAAS_HELPER = "org/apache/karaf/util/jaas/JaasHelper";

    /// The classes that hand a login session's work to another thread: gogo's jobs, the SSH shell, the local console.
    /// Before JDK 24 the new thread inherited the Subject from its creator.
    static final Set<String> HANDS_OVER = Set.of(
            "org/apache/felix/gogo/runtime/CommandSessionImpl$JobImpl",
            "org/apache/karaf/shell/ssh/ShellFactoryImpl$ShellImpl",
            "org/apache/karaf/shell/impl/console/osgi/LocalConsoleManager");

    /// Runs one command over SSH. It closes the connection as soon as it has answered, which races with the client's own last words: the client,
    /// writing into a closed connection, then reports 255 instead of the exit status that it has just read (seen at 2 of 100 commands).
    /// RFC 4254 §6.10 leaves the end of the connection to the client; the channel is closed all the same, by the exit callback.
    private static final String RUNS_COMMAND = "org/apache/karaf/shell/ssh/ShellCommand";
    private static final String CLOSES_CONNECTION = "org/apache/sshd/server/session/ServerSession.close";

    /// Its locks outlive the definition of a class: [ClassLocks].
    private static final String BUNDLE_LOADER = "org/apache/felix/framework/BundleWiringImpl$BundleClassLoader";
    private static final String TAKES_LOCK = "java/util/concurrent/ConcurrentHashMap.putIfAbsent";

    private static final byte[] SUBJECT_NAME = "javax/security/auth/Subject".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] JOB_NAME = "gogo/runtime/CommandSessionImpl$JobImpl".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BUNDLE_LOADER_NAME = BUNDLE_LOADER.getBytes(StandardCharsets.US_ASCII);

    private Rewrite() {}

    /// Applies the rules to one class.
    ///
    /// @param bytes a class file
    /// @param loader where the class's neighbours are found as resources, needed to compute the new stack maps
    /// @return the mended class file, or empty where no rule applies
    public static Optional<byte[]> rewrite(byte[] bytes, ClassLoader loader) {
        // Nearly every class stops here: a scan of its constants as bytes is far cheaper than parsing it.
        if (!contains(bytes, SUBJECT_NAME) && !contains(bytes, JOB_NAME) && !contains(bytes, BUNDLE_LOADER_NAME)) {
            return Optional.empty();
        }
        ClassHierarchyResolver neighbours = ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver());
        ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(neighbours));
        ClassModel model = classFile.parse(bytes);
        String name = model.thisClass().asInternalName();
        if (name.startsWith("tombolo/karaf/jdk25/")) {
            return Optional.empty();
        }
        boolean concerned = name.equals(JAAS_HELPER) || name.equals(RUNS_COMMAND) || name.equals(BUNDLE_LOADER) || HANDS_OVER.contains(name)
                || callsGetSubject(model);
        return concerned ? Optional.of(classFile.transformClass(model, transform(name))) : Optional.empty();
    }

    private static boolean callsGetSubject(ClassModel model) {
        return model.methods().stream().flatMap(m -> m.code().stream()).flatMap(CodeModel::elementStream).anyMatch(Rewrite::isGetSubject);
    }

    private static boolean isGetSubject(CodeElement element) {
        return element instanceof InvokeInstruction call && call.owner().asInternalName().equals("javax/security/auth/Subject")
                && call.name().equalsString("getSubject");
    }

    private static boolean isCallOf(String method, CodeElement element) {
        return element instanceof InvokeInstruction call && method.equals(call.owner().asInternalName() + '.' + call.name().stringValue());
    }

    private static ClassTransform transform(String className) {
        CodeTransform calls = (builder, element) -> {
            if (isGetSubject(element)) {
                builder.pop().invokestatic(SUBJECT, "current", MethodTypeDesc.of(SUBJECT));
            } else if (HANDS_OVER.contains(className) && element instanceof InvokeInstruction call) {
                handOver(builder, call);
            } else if (className.equals(RUNS_COMMAND) && isCallOf(CLOSES_CONNECTION, element)) {
                builder.pop().pop().aconst_null(); // the future that close() returns; nobody looks at it
            } else if (className.equals(BUNDLE_LOADER) && isCallOf(TAKES_LOCK, element)) {
                builder.invokestatic(CLASS_LOCKS, "take", TAKE);
            } else {
                builder.with(element);
            }
        };
        return (builder, element) -> {
            if (!(element instanceof MethodModel method)) {
                builder.with(element);
            } else if (className.equals(JAAS_HELPER) && method.methodName().equalsString("doAs") && method.methodTypeSymbol().parameterCount() == 2) {
                builder.transformMethod(method, delegateToSubject());
            } else {
                builder.transformMethod(method, MethodTransform.transformingCode(calls));
            }
        };
    }

    /// `JaasHelper.doAs(subject, action)` becomes `Subject.doAs(subject, action)`, which runs the action inside `Subject.callAs`.
    private static MethodTransform delegateToSubject() {
        return (method, element) -> {
            if (element instanceof CodeModel code) {
                MethodModel original = code.parent().orElseThrow();
                method.withCode(b -> b.aload(0).aload(1).invokestatic(SUBJECT, "doAs", original.methodTypeSymbol()).areturn());
            } else {
                method.with(element);
            }
        };
    }

    /// Wraps the task that lies on the stack, under the thread's name if there is one.
    private static void handOver(CodeBuilder builder, InvokeInstruction call) {
        String target = call.owner().asInternalName() + '.' + call.name().stringValue() + call.type().stringValue();
        switch (target) {
            case "java/util/concurrent/ExecutorService.submit(Ljava/lang/Runnable;)Ljava/util/concurrent/Future;",
                    "java/lang/Thread.<init>(Ljava/lang/Runnable;)V" ->
                builder.invokestatic(CARRIED, "with", MethodTypeDesc.of(RUNNABLE, RUNNABLE)).with(call);
            case "java/lang/Thread.<init>(Ljava/lang/Runnable;Ljava/lang/String;)V" ->
                builder.swap().invokestatic(CARRIED, "with", MethodTypeDesc.of(RUNNABLE, RUNNABLE)).swap().with(call);
            case "java/util/concurrent/ExecutorService.invokeAll(Ljava/util/Collection;)Ljava/util/List;" ->
                builder.invokestatic(CARRIED, "withAll", MethodTypeDesc.of(COLLECTION, COLLECTION)).with(call);
            default -> builder.with(call);
        }
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        int last = bytes.length - wanted.length;
        byte first = wanted[0];
        for (int i = 0; i <= last; i++) {
            if (bytes[i] == first && java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
