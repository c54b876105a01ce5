/**
 * Holds what was heard of the resources, and the one Loop that compiles and answers.
 *
 * <pre>
 *  Resources ── subscription ──► Loop tombolo-policy: PolicyEngine ──► Delta ──► Enforcer ──► Nftables, where it is there
 *  Settings: the node's name ──►        ▲
 *  shell ── questions ──────────────────┘  large ones (pairs, plan) on the asker's thread, over an engine of their own
 * </pre>
 *
 * <p>Codes: TMB-POL-001 a resource cannot be compiled · 002, 003, 004 the feed · 005 the kernel refuses · 006 enforced · 010 to 017 a question that cannot be answered.
 *
 * <p>Every answer says whether what it shows is enforced, and what is not.
 */
@NullMarked
package tombolo.policy.adapter;

import org.jspecify.annotations.NullMarked;
