package tombolo.bgp.core.rib;

/** What happens while messages are read and tables walked, and is not a matter of the tables. */
interface RibEvents {
    void endOfRib(Peer peer, FamilyRib rib);

    /** The peer's session lasted through a swap, its tables did not. */
    void rebuild(Peer peer);

    /** The peer's session has shown itself after a swap. */
    void seen(Peer peer);

    /** One line of operator text, without secrets; the adapter limits how many a second are written. */
    void log(String line);
}
