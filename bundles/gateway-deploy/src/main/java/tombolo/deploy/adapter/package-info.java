/// Replaces one bundle of a running node, and makes the replacement last.
///
/// ```
/// jar ──▶ BundleSwap ──▶ Bundle.update ............ counts now, and after a restart (the framework's cache)
///                   └──▶ ShippedJars: system/... .. counts in later feature operations, which read the jar behind the
///                                                    feature's mvn: URL and find the same name and version as is installed
/// ```
/// The system repository is the single truth: what lies there is what is installed. The jar that the distribution brought
/// is kept beside it (`.shipped`) and comes back when the replacement is taken away.
///
/// Invariants: a jar that does not start is not kept; the one before it runs again. No other bundle is stopped or
/// refreshed; if one is, the result says which. One replacement at a time.
///
/// Known gap: importers of a bundle that exports packages (gateway-api, gateway-runtime) stay wired to its old classes
/// until the node restarts; the result says so.
@NullMarked
package tombolo.deploy.adapter;

import org.jspecify.annotations.NullMarked;
