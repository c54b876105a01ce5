/**
 * The way to Azure Resource Manager.
 *
 * <pre>
 *  Arm ─► ArmClient ─► SubscriptionClient ─┬─► Budget (core): one account for each subscription
 *                         retries, 401     ├─► TokenKeeper ─► TokenSource: EntraTokens, MachineTokens ─┐
 *                                          └────────────────────────────────────────────────────────┴─► Wire ── HTTPS ──► ARM, Entra ID; HTTP ──► IMDS, Arc's agent
 * </pre>
 *
 * Invariants: no call outlives its deadline, retries and tokens included; no answer is longer than 8 MiB; a token goes to its cloud's own host alone, and is in no
 * text, log or listing; a secret is read where it is used and kept nowhere; one request for a token at a time for each subscription.
 *
 * <p>Known gaps: no proxy; no keep-alive to a host whose addresses change (a connection lives on until it breaks); the claims of continuous access evaluation are
 * shown in the message and not answered; a certificate's chain is not sent along (x5c).
 */
@NullMarked
package tombolo.azure.arm.adapter;

import org.jspecify.annotations.NullMarked;
