package tombolo.api.resource;

import java.io.InputStream;
import java.util.List;

/**
 * calicoctl's commands on resources: a service of gateway-resources for the shell, which passes words on and prints answers. Any thread but a Loop's: a command
 * reads files and blocks until what it writes is durable.
 */
public interface ResourceCommands {
    /**
     * Runs a command. Never throws for what the words, the files or the store are like: the answer says it.
     *
     * @param verb          {@code apply}, {@code create}, {@code replace}, {@code delete}, {@code get}, {@code patch}, {@code label} or {@code validate}
     * @param words         behind the verb, as calicoctl takes them: {@code -f FILE}, {@code KIND NAME}, {@code -o wide}, …; files are of the node's machine
     * @param standardInput what {@code -f -} reads, to its end or the limit of a file
     */
    Answer run(String verb, List<String> words, InputStream standardInput);

    /** The kinds that can be typed, in lower case, plural. */
    List<String> kinds();

    /** The names of the resources of a kind there are now, in any namespace; none where the word is no kind or the store does not answer. */
    List<String> names(String kind);

    /**
     * What the documents of files would store, Kubernetes' kinds converted; nothing is written and the store is not asked.
     *
     * @param words {@code -f FILE} and {@code -n NAMESPACE} as {@code validate} takes them
     */
    Documents read(List<String> words, InputStream standardInput);

    /** @param problems what is wrong, each with its place; where there are any, {@code resources} is empty */
    record Documents(List<Resource> resources, List<String> problems) {
        public Documents {
            resources = List.copyOf(resources);
            problems = List.copyOf(problems);
        }
    }

    /** @param exitCode 0 where all that was asked for was done */
    record Answer(int exitCode, String out, String error) { }
}
