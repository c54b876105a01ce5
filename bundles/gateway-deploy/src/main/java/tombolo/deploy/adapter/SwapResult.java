package tombolo.deploy.adapter;

import java.util.List;

/// What a replacement did.
public sealed interface SwapResult {
    /// @return the sentence for the operator, with its code
    String text();

    /// @return whether the new jar is installed, or was already
    boolean installed();

    /// The bundle runs from the new jar.
    ///
    /// @param name symbolic name
    /// @param version of the new jar
    /// @param bundleId unchanged by the update
    /// @param millis how long the bundle was away
    /// @param disturbed symbolic names of other bundles that stopped or started meanwhile; none, unless something is wrong
    /// @param note what the operator should know besides, or blank
    record Swapped(String name, String version, long bundleId, long millis, List<String> disturbed, String note) implements SwapResult {
        /// Copies the list.
        public Swapped {
            disturbed = List.copyOf(disturbed);
        }

        @Override
        public String text() {
            return "TMB-DEPLOY-001 bundle " + name + " (id " + bundleId + "): runs version " + version + " after " + millis + " ms. Other bundles restarted: "
                    + (disturbed.isEmpty() ? "none" : String.join(", ", disturbed)) + "." + (note.isBlank() ? "" : " " + note);
        }

        @Override
        public boolean installed() {
            return true;
        }
    }

    /// The jar is what runs already.
    ///
    /// @param name symbolic name
    record Unchanged(String name) implements SwapResult {
        @Override
        public String text() {
            return "TMB-DEPLOY-002 bundle " + name + ": this very jar is installed already. Nothing was done.";
        }

        @Override
        public boolean installed() {
            return true;
        }
    }

    /// Nothing changed, or everything is again as it was.
    ///
    /// @param text the reason, with its code
    record Refused(String text) implements SwapResult {
        @Override
        public boolean installed() {
            return false;
        }
    }
}
