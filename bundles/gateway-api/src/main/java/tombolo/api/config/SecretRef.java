package tombolo.api.config;

/** Where a secret is; the secret itself is read where it is used, and is never held in a record, a log or a listing. */
public sealed interface SecretRef {
    /** The first line of a file (a relative path is relative to the etc folder; resolved to absolute by the reader). */
    record InFile(String path) implements SecretRef { }

    /** An environment variable of the node's process. */
    record InEnvironment(String variable) implements SecretRef { }
}
