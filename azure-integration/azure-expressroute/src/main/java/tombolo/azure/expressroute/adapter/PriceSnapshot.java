package tombolo.azure.expressroute.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tombolo.api.azure.RetailPrices;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Prices;
import tombolo.runtime.json.JsonText;

/** The dated prices in etc/: read for each answer, and written anew when somebody asks for it. */
final class PriceSnapshot {
    /** Circuits, their data, and the gateways of virtual networks. */
    private static final String SERVICE = "ExpressRoute";

    /** As the distribution's file: prices are no secret. */
    private static final FileAttribute<?> READABLE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private final Path file;
    private final InstantSource clock;

    PriceSnapshot(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** @throws ExpressRouteException where there are none that can be used */
    Prices now() {
        try {
            Json json = JsonText.parse(Files.readAllBytes(file));
            wrongMeters(json).ifPresent(wrong -> {
                throw new ExpressRouteException("TMB-ER-250 the price snapshot " + file.getFileName() + " in etc/ cannot be used: " + wrong + ". Mend or remove that member, or bring the distribution's file back.");
            });
            return Prices.read(json);
        } catch (IOException | JsonText.Malformed | IllegalArgumentException e) {
            throw new ExpressRouteException("TMB-ER-250 the price snapshot " + file.getFileName() + " in etc/ cannot be read: " + (e instanceof NoSuchFileException ? "there is no such file" : e.getMessage())
                    + ". Write it anew with er:cost --refresh, bring the distribution's file back, or mend it.");
        }
    }

    /** What somebody wrote into the file by hand stays when it is written anew. */
    private Optional<Json.Obj> meters() throws IOException {
        try {
            if (!Files.exists(file) || !(JsonText.parse(Files.readAllBytes(file)) instanceof Json.Obj before)) {
                return Optional.empty();
            }
            wrongMeters(before).ifPresent(wrong -> {
                throw new ExpressRouteException("TMB-ER-254 the price snapshot " + file.getFileName() + " in etc/ is not written anew: " + wrong
                        + ", and what the file says of meters is kept. Mend or remove that member, then try again; the snapshot that was there stays.");
            });
            return Prices.meters(before);
        } catch (JsonText.Malformed _) {
            return Optional.empty(); // a refresh is how a damaged file is mended
        }
    }

    /** What people have said of meters and cannot have meant, which no refresh mends. */
    private static Optional<String> wrongMeters(Json json) {
        try {
            if (json instanceof Json.Obj snapshot) {
                Prices.meters(snapshot);
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Takes the place of the snapshot only as a whole, and only where there are prices in it. */
    void refresh(RetailPrices prices, Consumer<String> progress) {
        List<Json.Obj> told = prices.prices(SERVICE);
        progress.accept(told.size() + " prices of " + SERVICE);
        try {
            Json.Obj snapshot = Prices.snapshot(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC), "Azure's retail price interface: list prices, without what a contract gives", meters(), told);
            replace(JsonText.pretty(snapshot).getBytes(StandardCharsets.UTF_8));
            progress.accept(snapshot.array("items").size() + " of them written to " + file.getFileName());
        } catch (IOException e) {
            throw new ExpressRouteException("TMB-ER-252 the price snapshot " + file + " cannot be written: " + e.getMessage() + ". The one that was there stays. Make its folder writable for the node.");
        } catch (IllegalArgumentException e) {
            throw new ExpressRouteException("TMB-ER-253 the retail price interface told no prices that can be used: " + e.getMessage() + ". The snapshot that was there stays.");
        }
    }

    /** On the disk before it has the name: a crash leaves the old one or the new one. Two at once do not meet, and the last one counts. */
    private void replace(byte[] content) throws IOException {
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".new", READABLE);
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(content);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh); // it is there only where something has failed
        }
    }
}
