/**
 * The commands themselves: arguments in, one document out. A command looks services up at each call, so that it works, or says which bundle is not
 * running, whatever comes and goes. (A {@code @Reference} to a service would take away all commands of this bundle while one service is missing.)
 */
@NullMarked
package tombolo.shell.osgi;

import org.jspecify.annotations.NullMarked;
