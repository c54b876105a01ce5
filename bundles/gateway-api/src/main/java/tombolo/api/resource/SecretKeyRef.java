package tombolo.api.resource;

/**
 * Names a secret without holding it: {@code secretKeyRef} of Kubernetes.
 *
 * @param name of the secret
 * @param key  inside it
 */
public record SecretKeyRef(String name, String key, boolean optional) { }
