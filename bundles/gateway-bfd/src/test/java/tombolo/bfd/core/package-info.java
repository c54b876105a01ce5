@NullMarked
package tombolo.bfd.core;

import org.jspecify.annotations.NullMarked;
