/**
 * The resources without their store: what kinds there are, how a document of each is defaulted, read and checked, what Kubernetes' documents come to, what a
 * patch makes of a document, and how resources are printed.
 *
 * <pre>
 *   document ──► Decoder ── defaults of the kind ──► Fields: types, ranges, rules ──► Good: Resource {tree, typed spec}, fields that nobody knows
 *                                                                               └──► Bad: every problem with its field, value, rule and code
 * </pre>
 *
 * <p>Invariants: a document is taken whole or not at all; a field that nobody here knows is kept in the tree, unless it is nearly a known one, which is a slip and
 * refused; the tree that is stored has the defaults that Calico's own programs write.
 *
 * <p>Codes: TMB-RES-001 missing · 002 wrong type · 003 out of range · 004 not one of the words · 005 wrong form · 006 a rule between fields · 007 cannot be changed ·
 * 008 overlaps another pool · 009 no such field · 011 wrong apiVersion or kind · 012 exists · 013 does not exist · 014 changed meanwhile · 015 kept by somebody else ·
 * 016 would strand addresses · 017 too large · 018 not YAML or JSON · 019 nested or aliased too much · 020 the command line.
 *
 * <p>Known gaps: of FelixConfiguration 157 parameters are checked, the rest are kept as they are.
 *
 * <p>Source: projectcalico/calico v3.32.
 */
@NullMarked
package tombolo.resources.core;

import org.jspecify.annotations.NullMarked;
