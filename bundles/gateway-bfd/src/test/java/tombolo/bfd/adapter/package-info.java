@NullMarked
package tombolo.bfd.adapter;

import org.jspecify.annotations.NullMarked;
