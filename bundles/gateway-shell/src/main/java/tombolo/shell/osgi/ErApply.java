package tombolo.shell.osgi;

import java.io.IOException;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Screen;

/** {@code er:apply}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "apply", description = "Makes a circuit as its file wants it",
        detailedDescription = "Shows the plan, asks for consent to what costs money or cuts traffic, and does it step by step. What is in flight is taken up again and never asked for twice.")
public final class ErApply extends ErCommand {
    @Option(name = "--yes", description = "Consent to everything that the plan costs and cuts")
    boolean yes;

    @Override
    Document answer(ExpressRoute service) {
        ExpressRoute.Asked asked = service.ask(circuit);
        if (!json) {
            System.out.print(ExpressRouteViews.of(asked.report()).text().apply(screen()));
            System.out.flush();
        }
        boolean consent = yes || asked.needed() && ExpressRouteViews.isYes(askedFor());
        return ExpressRouteViews.behind(asked.report(), service.apply(circuit, new ExpressRoute.Consent(yes, consent ? asked.token() : ""), progress()));
    }

    /** Only a person at a terminal is asked: a script says --yes. */
    private String askedFor() {
        if (json || screen().equals(Screen.PLAIN)) {
            return "";
        }
        try {
            return session.readLine("Type yes to consent to what costs or cuts: ", null);
        } catch (IOException e) {
            return "";
        }
    }
}
