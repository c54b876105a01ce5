/**
 * The edge of the simulated cloud: two routers of AS 12076, told as a whole what to do. {@link tombolo.azure.simulator.edge.PaperEdge} has none and answers as
 * if all were well; {@link tombolo.azure.simulator.edge.FrrEdge} configures two FRR routers in namespaces, so that a wrong value in ARM breaks the
 * session.
 */
@NullMarked
package tombolo.azure.simulator.edge;

import org.jspecify.annotations.NullMarked;
