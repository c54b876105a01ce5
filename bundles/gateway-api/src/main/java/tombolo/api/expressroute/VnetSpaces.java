package tombolo.api.expressroute;

import java.util.List;
import tombolo.api.net.Prefix;

/**
 * The address space of virtual networks, as Azure told of it last: of those that the node's circuits lead to, or are to lead to, and of those that these are peered
 * with. A service of azure-expressroute; any thread, answers at once.
 */
public interface VnetSpaces {
    /** By circuit, network and prefix. None before Azure has answered; what it told stays while it does not answer, or refuses the answer, until the circuit's file goes. */
    List<Told> told();

    /** @param network its name in Azure; @param circuit by its file */
    record Told(Prefix prefix, String network, String circuit) { }
}
