package tombolo.access.adapter;

import java.io.IOException;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.apache.karaf.jaas.modules.publickey.PublickeyCallback;

/// Login by SSH key. The sshd has checked the signature (RFC 4252 §7) or checks it next; this says whose key it is.
public final class KeyLogin extends AccessLogin {
    /// The option that holds the [AuthorizedKeys].
    public static final String KEYS = "tombolo.keys";

    @Override
    boolean proved(CallbackHandler handler, Map<String, ?> options) throws IOException, UnsupportedCallbackException {
        NameCallback name = new NameCallback("user");
        PublickeyCallback key = new PublickeyCallback();
        handler.handle(new Callback[] {name, key});
        return ADMIN.equals(name.getName()) && key.getPublicKey() != null
                && options.get(KEYS) instanceof AuthorizedKeys keys && keys.contains(key.getPublicKey());
    }
}
