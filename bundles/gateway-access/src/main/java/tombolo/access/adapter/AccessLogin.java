package tombolo.access.adapter;

import java.io.IOException;
import java.security.Principal;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.jspecify.annotations.Nullable;

/// What both ways of logging in share: the one user, her roles, and the two phases of JAAS.
abstract class AccessLogin implements LoginModule {
    /// The one user.
    static final String ADMIN = "admin";

    /// The roles that Karaf's access lists know.
    private static final Set<String> ROLES = Set.of("admin", "manager", "viewer", "systembundles", "ssh");

    private @Nullable Subject subject;
    private @Nullable CallbackHandler handler;
    private Map<String, ?> options = Map.of();
    private final Set<Principal> granted = new LinkedHashSet<>();
    private boolean succeeded;

    @Override
    public void initialize(Subject subject, CallbackHandler handler, Map<String, ?> sharedState, Map<String, ?> options) {
        this.subject = subject;
        this.handler = handler;
        this.options = options;
    }

    /// @return whether the client proved to be the user
    abstract boolean proved(CallbackHandler handler, Map<String, ?> options) throws IOException, UnsupportedCallbackException;

    @Override
    public boolean login() throws LoginException {
        CallbackHandler client = handler;
        if (client == null) {
            throw new LoginException("TMB-ACCESS-007 login module was not initialised");
        }
        try {
            succeeded = proved(client, options);
        } catch (UnsupportedCallbackException e) {
            // The client came with the other kind of proof: this module has no opinion.
            return false;
        } catch (IOException e) {
            throw (LoginException) new LoginException(e.getMessage()).initCause(e);
        }
        if (!succeeded) {
            throw new FailedLoginException("TMB-ACCESS-008 login failed");
        }
        return true;
    }

    @Override
    public boolean commit() {
        Subject target = subject;
        if (!succeeded || target == null) {
            return false;
        }
        granted.add(new UserPrincipal(ADMIN));
        ROLES.forEach(role -> granted.add(new RolePrincipal(role)));
        target.getPrincipals().addAll(granted);
        return true;
    }

    @Override
    public boolean abort() {
        boolean had = succeeded;
        logout();
        return had;
    }

    @Override
    public boolean logout() {
        Subject target = subject;
        if (target != null) {
            target.getPrincipals().removeAll(granted);
        }
        granted.clear();
        succeeded = false;
        return true;
    }
}
