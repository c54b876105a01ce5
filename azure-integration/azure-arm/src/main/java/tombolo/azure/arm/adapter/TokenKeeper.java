package tombolo.azure.arm.adapter;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.azure.ArmException.Reason;
import tombolo.azure.arm.core.Token;

/**
 * One identity's token. While it serves, another is asked for ahead of its end by one thread of its own, and nobody waits; where none serves, one caller asks and the
 * others wait for what it gets. Any thread.
 */
final class TokenKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TokenKeeper.class);
    /** After a refusal the issuer is left alone for a moment, however many ask: it locks out who asks too often. */
    private static final Duration REST = Duration.ofSeconds(5);
    /** A refresh ahead of the end has minutes, and is then tried anew. */
    private static final Duration REFRESH_LIMIT = Duration.ofSeconds(60);

    private final String subscription;
    private final TokenSource source;
    private final Time time;
    /** Held while a token is asked for. */
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Optional<Token> held = Optional.empty();
    private volatile Optional<Refused> refused = Optional.empty();

    private record Refused(TokenTrouble trouble, long restsUntilNanos) { }

    TokenKeeper(String subscription, TokenSource source, Time time) {
        this.subscription = subscription;
        this.source = source;
        this.time = time;
    }

    Optional<Instant> until() {
        return held.filter(token -> token.serves(time.nanos())).map(Token::until);
    }

    Token get(Time.Deadline deadline) throws TokenTrouble {
        Optional<Token> now = held.filter(token -> token.serves(time.nanos()));
        if (now.isEmpty()) {
            return fetch(deadline, Optional.empty());
        }
        if (!now.get().isFresh(time.nanos()) && !rests() && !turn.isLocked()) {
            Thread.ofVirtual().name("tombolo-azure-token " + subscription).start(() -> refresh(now.get()));
        }
        return now.get();
    }

    /** A token that is newer than this one, which ARM does not accept, or which somebody wants to see exchanged. */
    Token after(Optional<Token> old, Time.Deadline deadline) throws TokenTrouble {
        return fetch(deadline, old);
    }

    Optional<Token> held() {
        return held;
    }

    private boolean rests() {
        return refused.filter(last -> last.restsUntilNanos() - time.nanos() > 0).isPresent();
    }

    /** @param old not good enough, whatever its times say */
    private Token fetch(Time.Deadline deadline, Optional<Token> old) throws TokenTrouble {
        try {
            if (!turn.tryLock(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new TokenTrouble(Reason.UNREACHABLE, "TMB-ARM-053 subscription " + subscription + ": no token: the time was up while another request was asking for one");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new TokenTrouble(Reason.UNREACHABLE, "TMB-ARM-053 subscription " + subscription + ": no token: whoever asked was interrupted");
        }
        try {
            Optional<Token> others = held.filter(token -> token.serves(time.nanos())).filter(token -> !old.equals(Optional.of(token)));
            if (others.isPresent()) {
                return others.get();
            }
            Optional<Refused> last = refused.filter(_ -> rests());
            if (last.isPresent()) {
                throw last.get().trouble();
            }
            return exchange(deadline);
        } finally {
            turn.unlock();
        }
    }

    private Token exchange(Time.Deadline deadline) throws TokenTrouble {
        try {
            Token token = source.fetch(deadline);
            held = Optional.of(token);
            refused = Optional.empty();
            LOG.debug("subscription {}: a {}", subscription, token);
            return token;
        } catch (TokenTrouble e) {
            refused = Optional.of(new Refused(e, time.nanos() + REST.toNanos()));
            throw e;
        }
    }

    private void refresh(Token old) {
        if (!turn.tryLock()) {
            return; // somebody is at it
        }
        try {
            if (held.equals(Optional.of(old))) {
                exchange(Time.Deadline.in(time, REFRESH_LIMIT));
            }
        } catch (TokenTrouble e) {
            LOG.warn("{} The {} still serves.", e.getMessage(), old);
        } finally {
            turn.unlock();
        }
    }
}
