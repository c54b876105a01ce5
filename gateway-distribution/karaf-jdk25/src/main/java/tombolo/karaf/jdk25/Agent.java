package tombolo.karaf.jdk25;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/// The Java agent: hands each class that is loaded outside the JDK's boot loader to [Rewrite].
public final class Agent {
    private Agent() {}

    /// Called by the JVM before `main`.
    ///
    /// @param options not used
    /// @param instrumentation the JVM's hook
    public static void premain(@Nullable String options, Instrumentation instrumentation) {
        instrumentation.addTransformer(new Transformer());
    }

    private static final class Transformer implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(@Nullable ClassLoader loader, @Nullable String name, @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain, byte[] bytes) {
            if (loader == null) {
                return null;
            }
            try {
                return Rewrite.rewrite(bytes, loader).orElse(null);
            } catch (RuntimeException | LinkageError e) {
                // The JVM drops what a transformer throws. Unmended, the class fails at its first call with a message that says nothing of us.
                System.err.println("TMB-JDK-001 class " + name + ": cannot mend it for this JDK: " + e
                        + ". Commands and logins that use it will fail; report this with the Karaf version.");
                return null;
            }
        }
    }
}
