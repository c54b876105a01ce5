package tombolo.shell.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tombolo.api.ipam.ConfigureOutcome;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpamConfiguration;

/** What {@code ipam:release}, {@code ipam:configure} and {@code ipam:split} do, and say in calicoctl's words. */
public final class IpamActions {
    private IpamActions() { }

    public static Document release(Services services, String text) {
        IpAddress address = Text.address(text);
        switch (services.need(Ipam.class).release(List.of(Release.of(address)))) {
            case ReleaseOutcome.Released done when done.released().isEmpty() -> throw new Failure("TMB-SHL-040 IP address " + address + " is not assigned.");
            case ReleaseOutcome.Released _ -> {
                return said(List.of("Successfully released IP address " + address), Text.map("released", List.of(address.toString())));
            }
            case ReleaseOutcome.Refused refused -> throw new Failure(refused.refusal().message());
        }
    }

    public static Document releaseLeaked(Services services, List<Json.Obj> reports, boolean force) {
        return switch (services.need(Ipam.class).releaseLeaked(reports, force)) {
            case Ipam.ReportRelease.Done(List<String> lines) -> said(lines, Text.map("lines", lines));
            case Ipam.ReportRelease.Refused(var refusal) -> throw new Failure(refusal.message());
        };
    }

    /** Those that are present are changed. */
    public static Document configure(Services services, Optional<String> strictAffinity, Optional<String> maxBlocksPerHost, Optional<String> ipCooldownSeconds, Optional<String> persistence) {
        if (strictAffinity.isEmpty() && maxBlocksPerHost.isEmpty() && ipCooldownSeconds.isEmpty() && persistence.isEmpty()) {
            throw new Failure("TMB-SHL-041 at least one configuration option must be specified: --strictaffinity, --max-blocks-per-host, --ip-cooldown-seconds or --kubevirt-ip-persistence.");
        }
        Optional<Boolean> strict = strictAffinity.map(IpamActions::truth);
        Optional<Integer> blocks = maxBlocksPerHost.map(text -> number("--max-blocks-per-host", text));
        Optional<Integer> seconds = ipCooldownSeconds.map(text -> number("--ip-cooldown-seconds", text));
        persistence.filter(text -> !text.equals("Enabled") && !text.equals("Disabled")).ifPresent(text -> {
            throw new Failure("TMB-SHL-042 invalid value for --kubevirt-ip-persistence: '" + text + "'. Use Enabled or Disabled.");
        });
        UnaryOperator<IpamConfiguration> change = before -> new IpamConfiguration(strict.orElse(before.strictAffinity()), before.autoAllocateBlocks(), blocks.orElse(before.maxBlocksPerHost()),
                persistence.or(before::kubeVirtVmAddressPersistence), seconds.orElse(before.ipCooldownSeconds()));
        if (services.need(Ipam.class).configure(change) instanceof ConfigureOutcome.Refused(var refusal)) {
            throw new Failure(refusal.message());
        }
        List<String> lines = new ArrayList<>();
        strict.ifPresent(value -> lines.add("Successfully set StrictAffinity to: " + value));
        blocks.ifPresent(value -> lines.add("Successfully set MaxBlocksPerHost to: " + value));
        persistence.ifPresent(value -> lines.add("Successfully set KubeVirtVMAddressPersistence to: " + value));
        seconds.ifPresent(value -> lines.add("Successfully set IPCooldownSeconds to: " + value));
        return said(lines, Text.map("changed", lines));
    }

    public static Document split(Services services, int parts, Optional<String> cidr, Optional<String> name) {
        String pool = name.or(() -> cidr).orElseThrow(() -> new Failure("TMB-SHL-043 no name or CIDR provided. Name the IP pool to split with --name or --cidr."));
        return switch (services.need(Ipam.class).split(parts, pool)) {
            case Ipam.SplitOutcome.Split(String old, List<Ipam.SplitOutcome.Part> made) -> {
                List<String> lines = new ArrayList<>();
                lines.add("IP Pool " + old + " was successfully split into " + made.size() + " smaller pools.");
                made.forEach(part -> lines.add("Created " + part.name() + " with CIDR " + part.cidr() + "."));
                List<Object> pools = made.stream().<Object>map(part -> Map.of("name", part.name(), "cidr", part.cidr().toString())).toList();
                yield said(lines, Text.map("split", old, "pools", pools));
            }
            case Ipam.SplitOutcome.Refused(var refusal) -> throw new Failure(refusal.message());
        };
    }

    private static Document said(List<String> lines, Object json) {
        return new Document(json, _ -> String.join("\n", lines.stream().map(Table::clean).toList()) + "\n");
    }

    /** As Go reads truth. */
    private static boolean truth(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new Failure("TMB-SHL-044 invalid value '" + text + "'. Use true or false to set strictaffinity.");
        };
    }

    private static int number(String option, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new Failure("TMB-SHL-045 invalid value for " + option + ": '" + text + "' is not a number.");
        }
    }
}
