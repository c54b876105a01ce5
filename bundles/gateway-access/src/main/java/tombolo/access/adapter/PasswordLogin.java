package tombolo.access.adapter;

import java.io.IOException;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;

/// Login by the password of [AdminPassword]: SSH (RFC 4252 §8) and JMX.
public final class PasswordLogin extends AccessLogin {
    /// The option that holds the [AdminPassword].
    public static final String PASSWORD = "tombolo.password";

    @Override
    boolean proved(CallbackHandler handler, Map<String, ?> options) throws IOException, UnsupportedCallbackException {
        NameCallback name = new NameCallback("user");
        PasswordCallback password = new PasswordCallback("password", false);
        handler.handle(new Callback[] {name, password});
        char[] given = password.getPassword();
        try {
            return ADMIN.equals(name.getName()) && given != null
                    && options.get(PASSWORD) instanceof AdminPassword wanted && wanted.matches(given);
        } finally {
            password.clearPassword();
        }
    }
}
