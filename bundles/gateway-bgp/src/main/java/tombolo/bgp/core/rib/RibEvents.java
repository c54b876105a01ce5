package tombolo.bgp.core.rib;

/** What happens while messages are read and tables walked, and is not a matter of the tables. */
interface RibEvents {
    void endOfRib(Peer peer, FamilyRib rib);

    /** One line of operator text, without secrets; the adapter limits how many a second are written. */
    void log(String line);
}
