/** JSON text for {@link tombolo.api.json.Json}, by Jackson's streaming parser and generator. Duplicate names, deep nesting and large documents are refused. */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.runtime.json;

import org.jspecify.annotations.NullMarked;
