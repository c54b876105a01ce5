package tombolo.api.bgp;

/** Reads sessions: gateway-bgp. Calls come from any thread, must only set a flag, wake the Loop and return; a call may come while nothing is left to do. */
public interface SessionConsumer {
    /** The session's inbox is no longer empty, or its outbox has room again after an offer answered {@link BgpSession.Offer#FULL}. */
    void ready(BgpSession session);

    /** The session's peer was removed from the configuration; its Down stands in the inbox before. */
    void removed(BgpSession session);
}
