/**
 * The rules of Azure Resource Manager, without a connection: whose URL a URL is, what an answer means, what may be asked twice, how much may be asked at all.
 *
 * <pre>
 *  Reply ─► Operations ─► ArmOperation, ArmProgress        Retries: again, and when      Budget: now, or when
 *     └───► Refusals   ─► ArmException with its words      Cloud:   own, or foreign      Token, Assertion, ArcChallenge
 * </pre>
 *
 * Invariants: a URL of ARM's is kept byte for byte; no token goes to a foreign host; a write whose answer was lost is not repeated; no text of a message comes from a
 * body that is not JSON, since a secret may stand there.
 *
 * <p>Sources: Microsoft's pages on ARM's asynchronous operations, its limits and its errors; RFC 9110 (§9.2.2 idempotency, §10.2.3 Retry-After), RFC 6749 and 6750
 * (tokens), RFC 7523 with 7515 and 7518 (client assertions).
 */
@NullMarked
package tombolo.azure.arm.core;

import org.jspecify.annotations.NullMarked;
