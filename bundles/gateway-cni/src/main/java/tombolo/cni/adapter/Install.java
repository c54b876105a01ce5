package tombolo.cni.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the plugin program where container runtimes look for it, and a network configuration: {@code ./gateway cni install}. All or nothing: where one name
 * belongs to somebody else, nothing is written. Needs nothing but the JDK and this bundle.
 */
public final class Install {
    /** Whom a runtime may call by another plugin's name. */
    static final List<String> NAMES = List.of("tombolo", "tombolo-ipam", "calico", "calico-ipam", "azure-vnet", "azure-vnet-ipam", "azure-vnet-ipamv6", "azure-cns", "azure-ipam", "portmap",
            "bandwidth");
    /** In every program of ours, the perl version too. */
    private static final String MARK = "TOMBOLO_CNI_SOCKET";
    private static final int MOST_BYTES_OF_OURS = 100_000;
    private static final Set<String> OPTIONS = Set.of("--bin-dir", "--conf-dir", "--as");
    private static final String CONFLIST = "10-tombolo.conflist";
    private static final String NETWORK = """
            {
              "cniVersion": "1.0.0",
              "name": "tombolo",
              "plugins": [
                {
                  "type": "tombolo",
                  "capabilities": {"ips": true, "mac": true, "portMappings": true, "bandwidth": true, "io.kubernetes.cri.pod-annotations": true},
                  "ipam": {"type": "tombolo-ipam"}
                }
              ]
            }
            """;

    private Install() { }

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.getProperty("os.arch"), System.out, System.err));
    }

    /** Ends with 0 where it is done, 1 where something stands in the way, 2 where it was called wrongly. */
    static int run(List<String> arguments, String processor, PrintStream out, PrintStream err) {
        Path programs = Path.of("/opt/cni/bin");
        Path networks = Path.of("/etc/cni/net.d");
        Set<String> names = new LinkedHashSet<>(List.of("tombolo"));
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (!OPTIONS.contains(option)) {
                return wrong(err, (option.startsWith("-") ? "unknown option " : "unexpected word ") + option);
            }
            String value = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
            if (value.isBlank() || value.startsWith("-")) { // a folder of that name would be one that nobody meant
                return wrong(err, option + " needs a value");
            }
            switch (option) {
                case "--bin-dir" -> programs = Path.of(value);
                case "--conf-dir" -> networks = Path.of(value);
                default -> names.addAll(List.of(value.split(",")));
            }
        }
        Optional<String> unknown = names.stream().filter(name -> !NAMES.contains(name)).findFirst();
        if (unknown.isPresent()) {
            return wrong(err, "--as " + unknown.get() + " is not a name to answer to; wanted some of " + String.join(",", NAMES));
        }
        try {
            return install(programs, networks, names, processor, out, err);
        } catch (IOException e) {
            err.println("TMB-CNI-030 " + e.getMessage() + ": cannot be written. Run it as root, or name other folders with --bin-dir and --conf-dir.");
            return 1;
        }
    }

    private static int install(Path programs, Path networks, Set<String> names, String processor, PrintStream out, PrintStream err) throws IOException {
        List<Path> foreign = new ArrayList<>();
        for (String name : names) {
            Path program = programs.resolve(name);
            if (Files.exists(program, java.nio.file.LinkOption.NOFOLLOW_LINKS) && !isOurs(program)) {
                foreign.add(program);
            }
        }
        if (!foreign.isEmpty()) {
            foreign.forEach(program -> err.println("TMB-CNI-046 " + program + " is somebody else's and is left alone; nothing was installed. Move it away, or leave its name out of --as."));
            return 1;
        }
        byte[] shim = shim(processor, err);
        Files.createDirectories(programs);
        for (String name : names) {
            Path fresh = programs.resolve("." + name + ".new");
            Files.write(fresh, shim);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(fresh, programs.resolve(name), StandardCopyOption.ATOMIC_MOVE); // a runtime may be executing the old one
            out.println("installed " + programs.resolve(name));
        }
        Files.createDirectories(networks);
        Path network = networks.resolve(CONFLIST);
        if (Files.exists(network)) {
            out.println("kept      " + network);
        } else {
            Files.writeString(network, NETWORK);
            out.println("written   " + network);
        }
        out.println("Container runtimes are served once enabled = true stands in etc/tombolo.cni.cfg and there is an IPPool.");
        return 0;
    }

    private static byte[] shim(String processor, PrintStream err) throws IOException {
        String machine = switch (processor) {
            case "amd64" -> "x86_64";
            case "arm64" -> "aarch64";
            default -> processor;
        };
        Optional<byte[]> program = resource("tombolo-cni." + machine);
        if (program.isPresent()) {
            return program.get();
        }
        err.println("TMB-CNI-047 there was no C compiler for " + machine + " when this was built: the perl version is installed, which takes 10 ms more for each call.");
        return resource("tombolo-cni.pl").orElseThrow(() -> new IOException("the perl version is not in this bundle"));
    }

    private static Optional<byte[]> resource(String name) throws IOException {
        try (@Nullable InputStream in = Install.class.getResourceAsStream("/shim/" + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        }
    }

    private static boolean isOurs(Path program) throws IOException {
        return Files.isRegularFile(program) && Files.size(program) < MOST_BYTES_OF_OURS && new String(Files.readAllBytes(program), StandardCharsets.ISO_8859_1).contains(MARK);
    }

    private static int wrong(PrintStream err, String what) {
        err.println("gateway: cni install: " + what + "; see gateway cni --help");
        return 2;
    }
}
