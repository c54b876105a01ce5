package tombolo.azure.arm.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.AzureSettings.Cloud;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.AzureSettings.Endpoints;
import tombolo.api.config.AzureSettings.Subscription;
import tombolo.api.config.SecretRef;

/** A client and a fake that it asks. */
final class ArmRig implements AutoCloseable {
    static final String ID = "aaaaaaaa-0000-0000-0000-000000000001";
    static final String TENANT = "bbbbbbbb-0000-0000-0000-000000000002";
    static final String CLIENT = "cccccccc-0000-0000-0000-000000000003";
    static final String SUB = "/subscriptions/" + ID;
    static final String CIRCUIT = "/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/er-1";
    static final String VERSION = "2024-05-01";
    static final String SECRET = "s3cr3t~&=+ä";

    final FakeArm fake;
    final FakeTime time = new FakeTime();
    final ArmClient arm = new ArmClient(time);
    private AzureSettings settings = AzureSettings.DEFAULT;

    ArmRig(Path folder) {
        this(folder, open());
    }

    ArmRig(Path folder, FakeArm fake) {
        this.fake = fake;
        try {
            Files.writeString(folder.resolve("secret"), SECRET + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings(new Credential.ClientSecret(TENANT, CLIENT, new SecretRef.InFile(folder.resolve("secret").toString())), Optional.empty(), 100, folder);
    }

    private static FakeArm open() {
        try {
            return new FakeArm();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void settings(Credential credential, Optional<String> caFile, int percent, Path arcFolder) {
        settings = new AzureSettings(Cloud.CUSTOM, Optional.of(new Endpoints(fake.url(), fake.url(), "https://management.example.net")), caFile, percent, Duration.ofSeconds(20),
                fake.url() + FakeArm.IDENTITY, fake.url() + FakeArm.IDENTITY, arcFolder.toString(), fake.url() + FakeArm.PRICES, "2025-05-01", Map.of("hub", new Subscription("hub", ID, Optional.empty(), credential)));
        arm.settings(settings);
    }

    AzureSettings settings() {
        return settings;
    }

    /** Bounded waiting for what another thread does. */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("waited in vain until " + what);
            }
            boolean never = new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
            if (never) {
                throw new AssertionError("nobody counts down");
            }
        }
    }

    @Override
    public void close() {
        arm.close();
        fake.close();
    }
}
