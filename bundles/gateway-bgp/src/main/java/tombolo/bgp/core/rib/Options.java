package tombolo.bgp.core.rib;

import tombolo.api.config.BgpSettings;

/** What the decision process asks of the configuration, changeable while it runs. One thread. */
final class Options {
    private int multipathEbgp = 1;
    private int multipathIbgp = 1;
    private boolean multipathRelax;
    private boolean alwaysCompareMed;
    private boolean compareRouterId = true;
    private int localPreference = 100;

    /** True where something changed, so that every decision must be made again. */
    boolean apply(BgpSettings settings) {
        boolean same = multipathEbgp == settings.multipathEbgp() && multipathIbgp == settings.multipathIbgp() && multipathRelax == settings.multipathRelax()
                && alwaysCompareMed == settings.alwaysCompareMed() && compareRouterId == settings.compareRouterId()
                && localPreference == (int) settings.localPreference();
        multipathEbgp = settings.multipathEbgp();
        multipathIbgp = settings.multipathIbgp();
        multipathRelax = settings.multipathRelax();
        alwaysCompareMed = settings.alwaysCompareMed();
        compareRouterId = settings.compareRouterId();
        localPreference = (int) settings.localPreference();
        return !same;
    }

    int multipathEbgp() {
        return multipathEbgp;
    }

    int multipathIbgp() {
        return multipathIbgp;
    }

    boolean multipathRelax() {
        return multipathRelax;
    }

    boolean alwaysCompareMed() {
        return alwaysCompareMed;
    }

    boolean compareRouterId() {
        return compareRouterId;
    }

    /** Unsigned. */
    int localPreference() {
        return localPreference;
    }
}
