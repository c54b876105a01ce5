package tombolo.azure.expressroute.core;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.Report.Block;
import tombolo.api.expressroute.Report.Cell;
import tombolo.api.expressroute.Report.Tone;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Prices.Part;

/** What circuits cost: what Azure bills now, and what the file wants in its place. */
public final class CostReport {
    private final Prices prices;
    private final Optional<String> zone;
    private final Optional<Long> egressGb;
    private final List<Bill> bills = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** Whose words a bill goes by. */
    private enum Basis { AZURE, FILE }

    /** @param words of what it is the bill */
    private record Bill(String circuit, Basis basis, String words, List<Part> parts) { }

    /**
     * What Azure shows of a circuit.
     *
     * @param trouble  why it could not be asked; empty text: it was
     * @param gateways by their ids, that are linked or are to be
     * @param scope    where its links were looked for
     */
    public record Look(Optional<CircuitSnapshot> seen, String trouble, Map<String, Prices.Gateway> gateways, List<String> scope) {
        public Look {
            gateways = Map.copyOf(gateways);
            scope = List.copyOf(scope);
        }
    }

    /** @param zone empty: not told. @param egressGb out of Azure in a month, of each circuit; empty: not told */
    public CostReport(Prices prices, Optional<String> zone, Optional<Long> egressGb) {
        this.prices = prices;
        this.zone = zone;
        this.egressGb = egressGb;
    }

    /** All circuits of files. @param looks by the file's name */
    public void files(Map<String, CircuitSettings> wanted, Map<String, Look> looks) {
        Map<String, List<String>> shared = new TreeMap<>();
        looks.forEach((circuit, look) -> look.gateways().keySet().forEach(id -> shared.computeIfAbsent(id, _ -> new ArrayList<>()).add(circuit)));
        new TreeMap<>(wanted).forEach((circuit, settings) -> {
            Look look = looks.getOrDefault(circuit, new Look(Optional.empty(), "", Map.of(), List.of()));
            List<Prices.Gateway> gateways = new ArrayList<>();
            look.gateways().forEach((id, gateway) -> {
                List<String> others = shared.getOrDefault(id, List.of()).stream().filter(each -> !each.equals(circuit)).sorted().toList();
                gateways.add(others.isEmpty() ? gateway : gateway.remarking("also under " + String.join(", ", others) + ", and paid once"));
            });
            file(settings, look, gateways);
        });
    }

    private void file(CircuitSettings wanted, Look look, List<Prices.Gateway> gateways) {
        String circuit = wanted.name();
        look.seen().ifPresent(seen -> bill(circuit, Basis.AZURE, circuit + ", as Azure has it: " + Billed.of(seen).words(), Billed.of(seen), gateways));
        if (!look.scope().isEmpty()) {
            warnings.add(circuit + ": gateways that were linked without an authorization are known of these resource groups alone: " + String.join(", ", look.scope()) + "; others are not counted.");
        }
        if (wanted.state() == State.ABSENT) {
            warnings.add(circuit + ": its file lets it go (state = absent)" + (look.seen().isPresent() ? ". It is billed until it is deleted; gateways are billed on." : look.trouble().isEmpty() ? ", and Azure has it no more." : ". Azure was not asked: " + look.trouble()));
            if (look.seen().isEmpty() && !gateways.isEmpty()) {
                bills.add(new Bill(circuit, Basis.AZURE, circuit + ", which its file lets go: gateways that the file names are billed on while they are there", prices.gateways(gateways)));
            }
            return;
        }
        Billed wish = look.seen().map(seen -> Billed.of(wanted, seen)).orElse(Billed.of(wanted));
        if (look.seen().isEmpty()) {
            bill(circuit, Basis.FILE, circuit + ", as its file wants it: " + wish.words() + (look.trouble().isEmpty() ? "; Azure has no such circuit" : "; what Azure has is not known: " + look.trouble()), wish, gateways);
        } else if (!wish.equals(Billed.of(look.seen().get()))) {
            bill(circuit, Basis.FILE, circuit + ", as its file wants it instead (er:plan " + circuit + "): " + wish.words(), wish, gateways);
        }
    }

    /** A circuit that is in no file. Its links are not looked for. @param where subscription, group and name */
    public void other(String where, CircuitSnapshot seen) {
        bill(where, Basis.AZURE, where + ", in no file, as Azure has it: " + Billed.of(seen).words(), Billed.of(seen), List.of(Prices.Gateway.uncounted("of its links", "links of circuits without a file are not looked for")));
    }

    /** Something else that is not in the sum. */
    public void warn(String text) {
        warnings.add(text);
    }

    private void bill(String circuit, Basis basis, String words, Billed billed, List<Prices.Gateway> gateways) {
        bills.add(new Bill(circuit, basis, words, prices.monthly(billed, zone, egressGb, gateways)));
    }

    public Report report() {
        List<Json> json = new ArrayList<>();
        List<Block> blocks = new ArrayList<>(List.of(new Block.Lines(Tone.WARN, List.of("By the prices of " + prices.date() + " (" + prices.source() + "), a month, in " + prices.currency() + ":"))));
        for (Bill bill : bills) {
            List<Part> parts = bill.parts();
            BigDecimal known = parts.stream().flatMap(part -> part.amount().stream()).reduce(BigDecimal.ZERO, BigDecimal::add);
            List<String> unknown = parts.stream().filter(part -> part.amount().isEmpty()).map(Part::name).toList();
            blocks.add(new Block.Lines(Tone.PLAIN, List.of("", bill.words())));
            blocks.add(new Block.Table(List.of("PART", ">AMOUNT", "FORMULA"), parts.stream().map(part -> List.of(Cell.of(part.name()), new Cell(part.amount().map(BigDecimal::toPlainString).orElse("unknown"),
                    part.amount().isPresent() ? Tone.PLAIN : Tone.WARN), Cell.of(part.formula() + (part.unknown().isEmpty() ? "" : "; " + part.unknown())))).toList()));
            blocks.add(new Block.Lines(Tone.PLAIN, List.of("Known parts together: " + known.toPlainString() + (unknown.isEmpty() ? "" : "; without " + String.join(", ", unknown)))));
            json.add(Json.Obj.EMPTY.with("circuit", bill.circuit()).with("basis", bill.basis().name().toLowerCase(Locale.ROOT)).with("words", bill.words()).with("date", prices.date().toString())
                    .with("currency", prices.currency()).with("source", prices.source()).with("known", new Json.Num(known.toPlainString())).with("unknown", Json.Arr.texts(unknown))
                    .with("parts", new Json.Arr(parts.stream().<Json>map(part -> Json.Obj.EMPTY.with("name", part.name()).with("formula", part.formula())
                            .with("amount", part.amount().<Json>map(amount -> new Json.Num(amount.toPlainString())).orElse(Json.Null.NULL)).with("why", part.unknown())).toList())));
        }
        if (bills.isEmpty()) {
            blocks.add(new Block.Lines(Tone.PLAIN, List.of("No circuits.")));
        }
        warnings.forEach(text -> blocks.add(new Block.Lines(Tone.WARN, List.of(text))));
        return new Report(new Json.Arr(json), blocks);
    }
}
