package tombolo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tombolo.harness.Daemon;
import tombolo.harness.HarnessException;

/** How busy others kept the machine: a figure measured beside a busy neighbour says little, and the reader has to see it. */
final class Foreign {
    private static final double TICKS_PER_SECOND = 100;
    private final Daemon self = Daemon.running("generator", ProcessHandle.current().pid()).orElseThrow();
    private double busy;
    private double idle;
    private double ours;

    void start(double daemonSeconds) {
        double[] now = machine();
        busy = -now[0];
        idle = -now[1];
        ours = -daemonSeconds - self.cpuSeconds();
    }

    void stop(double daemonSeconds) {
        double[] now = machine();
        busy += now[0];
        idle += now[1];
        ours += daemonSeconds + self.cpuSeconds();
    }

    int percent() {
        return busy + idle <= 0 ? 0 : (int) Math.round(100 * Math.max(0, busy - ours) / (busy + idle));
    }

    /** Busy and idle seconds of all cores since the machine's start. */
    private static double[] machine() {
        try {
            String[] fields = Files.readString(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +");
            double busy = 0;
            // user nice system idle iowait irq softirq steal
            for (int i = 1; i <= 8; i++) {
                busy += i == 4 || i == 5 ? 0 : Double.parseDouble(fields[i]);
            }
            return new double[] {busy / TICKS_PER_SECOND, (Double.parseDouble(fields[4]) + Double.parseDouble(fields[5])) / TICKS_PER_SECOND};
        } catch (IOException problem) {
            throw new HarnessException("cannot read /proc/stat", problem);
        }
    }
}
