package tombolo.shell.osgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Screen;

class CommandsTest {
    private static List<Class<?>> classes() throws IOException, ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("target", "classes", "tombolo", "shell", "osgi"), "*.class")) {
            for (Path file : files) {
                classes.add(Class.forName("tombolo.shell.osgi." + file.getFileName().toString().replace(".class", "")));
            }
        }
        return classes;
    }

    @Test
    void theCommandsAreThoseOfTheManual() throws Exception {
        Set<String> names = new TreeSet<>();
        for (Class<?> type : classes()) {
            Command command = type.getAnnotation(Command.class);
            if (command != null) {
                names.add(command.scope() + ":" + command.name());
                assertTrue(Action.class.isAssignableFrom(type), type.getName());
                assertNotNull(type.getAnnotation(Service.class), type.getName() + " is not @Service: Karaf would not see it");
                assertTrue(command.description().length() > 10 && command.detailedDescription().length() > 30, type.getName() + " has no help");
                assertNotNull(type.getDeclaredConstructor().newInstance());
            }
        }
        assertEquals(new TreeSet<>(Set.of("bgp:summary", "bgp:peer", "bgp:routes", "bgp:explain", "bgp:clear", "bgp:shutdown", "bgp:enable", "bfd:list", "bfd:show", "route:list",
                "route:explain", "config:explain", "cni:status", "endpoint:list", "endpoint:show", "endpoint:explain", "endpoint:state", "endpoint:addresses", "nat:list", "overlay:list",
                "azure:status", "azure:subscriptions", "azure:check",
                "datastore:status", "datastore:check", "datastore:repair", "datastore:backup", "datastore:restore", "datastore:export", "datastore:import",
                "datastore:migrate", "datastore:lock", "datastore:unlock",
                "resource:apply", "resource:create", "resource:replace", "resource:delete", "resource:get", "resource:patch", "resource:label", "resource:validate",
                "gateway:status", "gateway:config", "gateway:drain", "gateway:diag", "gateway:help", "ipam:show", "ipam:check", "ipam:release",
                "ipam:configure", "ipam:split", "policy:status", "policy:show", "policy:explain", "policy:pairs", "policy:sets", "policy:plan", "policy:counters", "policy:flows", "er:list", "er:show", "er:providers",
                "er:plan", "er:apply", "er:key", "er:authorization-list", "er:authorization-create", "er:authorization-delete", "er:link-list", "er:link-create", "er:link-delete", "er:routes", "er:arp",
                "er:stats", "er:cost", "er:config", "er:doctor", "er:interface-routes", "er:gateway-routes", "er:route-server", "er:network", "er:authorized")), names);
    }

    /** Karaf takes all commands of a bundle away while one mandatory reference is missing. */
    @Test
    void noCommandReferencesAServiceOfAnotherBundle() throws Exception {
        for (Class<?> type : classes()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.isAnnotationPresent(Reference.class)) {
                    assertTrue(Set.of(BundleContext.class, Session.class).contains(field.getType()), field.toString());
                }
            }
        }
    }

    @Test
    void everyCompleterIsAKnownService() throws Exception {
        for (Class<?> type : classes()) {
            for (Field field : type.getDeclaredFields()) {
                Completion completion = field.getAnnotation(Completion.class);
                if (completion != null && completion.value().getPackageName().startsWith("tombolo")) {
                    assertNotNull(completion.value().getAnnotation(Service.class), field.toString());
                }
            }
        }
    }

    @Test
    void everyCommandAnswersInJson() throws Exception {
        for (Class<?> type : classes()) {
            // The commands on resources have calicoctl's words: -o json.
            if (type.isAnnotationPresent(Command.class) && !ResourceAction.class.isAssignableFrom(type)) {
                assertTrue(GatewayCommand.class.isAssignableFrom(type), type.getName());
            }
        }
        assertTrue(Arrays.stream(GatewayCommand.class.getDeclaredFields()).anyMatch(field -> field.isAnnotationPresent(Option.class)
                && field.getAnnotation(Option.class).name().equals("--json")));
    }

    @Test
    void optionsBehindArgumentsAreRead() {
        BgpRoutesCommand routes = new BgpRoutesCommand();
        TrailingOptions.read(routes, List.of("--longer", "--received", "msee-a", "--limit=5", "--json"));
        assertTrue(routes.longer && routes.json);
        assertEquals("msee-a", routes.received);
        assertEquals(5, routes.limit);
    }

    @Test
    void whatIsNoOptionIsRefusedWithTheOptionsThereAre() {
        for (List<String> words : List.of(List.of("extra"), List.of("--longr"), List.of("--received"), List.of("--limit", "many"))) {
            Failure failure = assertThrows(Failure.class, () -> TrailingOptions.read(new BgpRoutesCommand(), words));
            assertEquals("TMB-SHL-003", failure.code());
        }
        assertTrue(assertThrows(Failure.class, () -> TrailingOptions.read(new BgpRoutesCommand(), List.of("x"))).getMessage().contains("--longer"));
    }

    @Test
    void whatIsAppliedWithNothingToDoShowsThePlanOnce() {
        Report plan = new Report(Json.Arr.texts(List.of("er-1")), List.of(new Report.Block.Lines(Report.Tone.GOOD, List.of("Circuit er-1: as wanted"))));
        ErApply apply = new ErApply();
        apply.circuit = "er-1";
        apply.session = answering(Session.class, Map.of());
        ExpressRoute service = answering(ExpressRoute.class, Map.of("ask", new ExpressRoute.Asked(plan, "token", false), "apply", plan));
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        Document behind;
        try {
            behind = apply.answer(service);
        } finally {
            System.setOut(before);
        }
        assertEquals("Circuit er-1: as wanted\n", printed.toString(StandardCharsets.UTF_8) + behind.text().apply(Screen.PLAIN));
    }

    /** A weight that nobody has said is none, and not 0. */
    @Test
    void aLinkIsAskedForWithTheWeightAndTheConsentThatWereSaid() {
        List<List<Object>> asked = new ArrayList<>();
        ExpressRoute service = (ExpressRoute) Proxy.newProxyInstance(ExpressRoute.class.getClassLoader(), new Class<?>[] {ExpressRoute.class}, (_, _, words) -> {
            asked.add(List.of(words[4], words[5]));
            return new Report(Json.Arr.EMPTY, List.of());
        });
        for (List<String> words : List.of(List.of("rg/gw"), List.of("rg/gw", "--weight", "0"), List.of("rg/gw", "--weight=7", "--yes"))) {
            ErLinkCreate command = new ErLinkCreate();
            command.circuit = "er-1";
            command.words = words;
            TrailingOptions.read(command, command.further());
            command.answer(service);
        }
        assertEquals(List.of(List.of(OptionalInt.empty(), false), List.of(OptionalInt.of(0), false), List.of(OptionalInt.of(7), true)), asked);
    }

    /** Answers by the method's name, and null to what is not in it. */
    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> answers.get(method.getName())));
    }
}
