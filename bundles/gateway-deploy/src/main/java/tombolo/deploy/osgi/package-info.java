/// The two doors to a replacement: the folder deploy/ and the command `gateway:swap`.
///
/// deploy/ is watched from the moment that the features of the first start are installed, so that a jar that already lies
/// there finds the bundle that it is meant to replace.
@NullMarked
package tombolo.deploy.osgi;

import org.jspecify.annotations.NullMarked;
