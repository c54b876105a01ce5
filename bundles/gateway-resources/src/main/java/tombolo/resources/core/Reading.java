package tombolo.resources.core;

import java.util.Map;
import java.util.Optional;

/** A document on its way to a typed view. @param spec and {@code status}: empty where the document has none */
record Reading(String name, Optional<String> namespace, Map<String, String> labels, Fields spec, Fields status) { }
