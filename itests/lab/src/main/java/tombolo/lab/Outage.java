package tombolo.lab;

/**
 * What became of a numbered flow. The time before the first packet that arrived does not count: the other side was not there yet.
 *
 * @param received how many arrived
 * @param lost     how many did not, after the first that did
 * @param longest  the longest run of lost packets, the end of the flow included
 */
record Outage(int received, int lost, int longest) {
    static Outage of(boolean[] arrived) {
        int received = 0;
        int lost = 0;
        int longest = 0;
        int run = 0;
        for (boolean came : arrived) {
            if (came) {
                received++;
                run = 0;
            } else if (received > 0) {
                lost++;
                run++;
                longest = Math.max(longest, run);
            }
        }
        return new Outage(received, lost, longest);
    }

    static Outage parse(String text) {
        String[] words = text.split(" ");
        return new Outage(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }

    int longestMillis() {
        return longest * Probe.INTERVAL_MILLIS;
    }

    @Override
    public String toString() {
        return received + " " + lost + " " + longest;
    }
}
