package tombolo.resources.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tombolo.api.json.Json;
import tombolo.resources.adapter.DocumentText.Parsed;
import tombolo.resources.adapter.DocumentText.Unreadable;

/**
 * Builds trees from YAML's events, with the line of each field. Plain words are what JSON would make of them: numbers by JSON's grammar, {@code true}, {@code false},
 * {@code null}, {@code ~} and nothing; everything else is text, so that {@code on}, {@code 010} and {@code 1:30} mean what they say.
 */
final class YamlText {
    /** As in JSON. */
    private static final int MAX_DEPTH = 200;
    /** Values, those that aliases stand for counted each time: the few lines of an alias bomb unfold to billions. */
    private static final int MAX_VALUES = 2_000_000;
    private static final int SHOWN_CHARS = 200;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final Pattern NOTHING = Pattern.compile("~|null|Null|NULL|");
    private static final Pattern TRUE = Pattern.compile("true|True|TRUE");
    private static final Pattern FALSE = Pattern.compile("false|False|FALSE");

    private final String file;
    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private Map<String, Integer> lines = new HashMap<>();
    private long values;

    /** @param size values that it unfolds to */
    private record Anchored(Json value, long size) { }

    private YamlText(String file, Iterator<Event> events) {
        this.file = file;
        this.events = events;
    }

    static List<Parsed> read(String file, String text) throws Unreadable {
        LoadSettings settings = LoadSettings.builder().setLabel(file).setCodePointLimit(DocumentText.MAX_BYTES).setParseComments(false).build();
        try {
            return new YamlText(file, new Parse(settings).parseString(text).iterator()).documents();
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            int line = mark.map(each -> each.getLine() + 1).orElse(1);
            throw new Unreadable("TMB-RES-018 " + DocumentText.name(file) + ", line " + line + mark.map(each -> ", column " + (each.getColumn() + 1)).orElse("") + ": not YAML: "
                    + shortened(e.getProblem()) + truncation(text, line) + ".");
        } catch (YamlEngineException e) {
            throw new Unreadable("TMB-RES-018 " + DocumentText.name(file) + ": not YAML: " + shortened(e.getMessage()) + ".");
        }
    }

    /** A file that breaks at its end and has no line end there was probably cut off. */
    static String truncation(String text, int line) {
        long last = text.chars().filter(c -> c == '\n').count() + 1;
        return !text.endsWith("\n") && line >= last ? "; the file ends here without a line end: it may be cut off" : "";
    }

    private static String shortened(String text) {
        String line = text == null ? "" : text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "…" : line;
    }

    private List<Parsed> documents() throws Unreadable {
        List<Parsed> documents = new ArrayList<>();
        while (events.hasNext()) {
            if (!(events.next() instanceof DocumentStartEvent)) {
                continue; // the stream's own start and end
            }
            lines = new HashMap<>();
            anchors.clear();
            Json value = value(events.next(), "", 0);
            if (!(events.next() instanceof DocumentEndEvent)) {
                throw new IllegalStateException("a YAML document without an end");
            }
            documents.add(new Parsed(documents.size() + 1, value, lines));
            if (documents.size() > DocumentText.MAX_DOCUMENTS) {
                throw new Unreadable("TMB-RES-017 " + DocumentText.name(file) + " has more than " + DocumentText.MAX_DOCUMENTS + " documents; split it.");
            }
        }
        return documents;
    }

    private Json value(Event event, String path, int depth) throws Unreadable {
        int line = line(event);
        lines.putIfAbsent(path, line);
        if (depth > MAX_DEPTH) {
            throw new Unreadable("TMB-RES-019 " + DocumentText.name(file) + ", line " + line + ": nested deeper than " + MAX_DEPTH + ".");
        }
        long before = values;
        count(1, line);
        return switch (event) {
            case ScalarEvent scalar -> anchored(scalar.getAnchor(), scalar(scalar), before);
            case AliasEvent alias -> {
                Anchored there = anchors.get(alias.getAlias());
                if (there == null) {
                    throw new Unreadable("TMB-RES-018 " + DocumentText.name(file) + ", line " + line + ": the alias *" + alias.getAlias().getValue() + " stands for nothing above it, or for itself.");
                }
                count(there.size(), line);
                yield there.value();
            }
            case SequenceStartEvent start -> anchored(start.getAnchor(), sequence(path, depth), before);
            case MappingStartEvent start -> anchored(start.getAnchor(), mapping(path, depth), before);
            default -> throw new IllegalStateException("unexpected " + event);
        };
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private void count(long more, int line) throws Unreadable {
        values += more;
        if (values > MAX_VALUES) {
            throw new Unreadable("TMB-RES-019 " + DocumentText.name(file) + ", line " + line + ": more than " + MAX_VALUES + " values, those counted each time that aliases stand for.");
        }
    }

    private Json anchored(Optional<Anchor> anchor, Json value, long before) {
        anchor.ifPresent(name -> anchors.put(name, new Anchored(value, values - before)));
        return value;
    }

    private Json sequence(String path, int depth) throws Unreadable {
        List<Json> items = new ArrayList<>();
        for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            items.add(value(event, path + "[" + items.size() + "]", depth + 1));
        }
        return new Json.Arr(items);
    }

    private Json mapping(String path, int depth) throws Unreadable {
        Map<String, Json> members = new LinkedHashMap<>();
        Map<String, Json> merged = new LinkedHashMap<>();
        for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            int line = line(event);
            if (!(event instanceof ScalarEvent key)) {
                throw new Unreadable("TMB-RES-018 " + DocumentText.name(file) + ", line " + line + ": the name of a field is a list, an object or an alias; wanted a text.");
            }
            String name = key.getValue();
            String inner = path.isEmpty() ? name : path + "." + name;
            lines.putIfAbsent(inner, line);
            Json value = value(events.next(), inner, depth + 1);
            if (name.equals("<<") && key.isPlain()) {
                merge(value, merged, line);
            } else if (members.put(name, value) != null) {
                throw new Unreadable("TMB-RES-018 " + DocumentText.name(file) + ", line " + line + ": the field " + inner + " stands there twice.");
            }
        }
        merged.forEach(members::putIfAbsent);
        return new Json.Obj(members);
    }

    /** YAML's merge key: what the object itself says wins, then the first object merged. */
    private void merge(Json value, Map<String, Json> merged, int line) throws Unreadable {
        switch (value) {
            case Json.Obj object -> object.members().forEach(merged::putIfAbsent);
            case Json.Arr(List<Json> items) when items.stream().allMatch(Json.Obj.class::isInstance) -> items.forEach(item -> ((Json.Obj) item).members().forEach(merged::putIfAbsent));
            default -> throw new Unreadable("TMB-RES-018 " + DocumentText.name(file) + ", line " + line + ": << merges an object or a list of objects.");
        }
    }

    private static Json scalar(ScalarEvent event) {
        String text = event.getValue();
        String tag = event.getTag().orElse("");
        if (!event.isPlain() || tag.equals("tag:yaml.org,2002:str")) {
            return new Json.Text(text);
        }
        if (NUMBER.matcher(text).matches()) {
            return new Json.Num(text);
        }
        if (TRUE.matcher(text).matches()) {
            return Json.Bool.TRUE;
        }
        if (FALSE.matcher(text).matches()) {
            return Json.Bool.FALSE;
        }
        return NOTHING.matcher(text).matches() ? Json.Null.NULL : new Json.Text(text);
    }
}
