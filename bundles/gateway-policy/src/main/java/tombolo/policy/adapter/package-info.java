/**
 * Holds what was heard of the resources, and the one Loop that compiles and answers.
 *
 * <pre>
 *  Resources ── subscription ──► Loop tombolo-policy: PolicyEngine ──► Delta ──► whoever enforces
 *  Settings: the node's name ──►        ▲
 *  shell ── questions ──────────────────┘  large ones (pairs, plan) on the asker's thread, over an engine of their own
 * </pre>
 *
 * <p>Codes: TMB-POL-001 a resource cannot be compiled · 002, 003, 004 the feed · 010 to 014 a question that cannot be answered.
 *
 * <p>Known gaps: nothing is enforced yet: no writer takes the deltas. Every answer says so.
 */
@NullMarked
package tombolo.policy.adapter;

import org.jspecify.annotations.NullMarked;
