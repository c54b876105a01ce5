/**
 * Calico's selector language: an expression over labels that says which endpoints, nodes, pools or namespaces are meant.
 *
 * <pre>
 *   "role in {'db', 'web'} && !has(test)"
 *        │ Tokens           [label role][in][{]['db'][,]['web'][}][&&][!][has test]
 *        ▼ SelectorParser   And[In(role, {db, web}), Not(Has(test))]
 *   Selector ── matches(labels) ── canonical() "(role in {"db", "web"} && !has(test))" ── uniqueId() "s:…"
 *
 *   sel  := "" (all()) | or        or := and ("||" and)*        and := op ("&&" op)*        op := "!"* prim
 *   prim := has(L) | all() | global() | "(" or ")" | L == S | L != S | L contains S | L starts with S | L ends with S | L in {S,…} | L not in {S,…}
 *   L    := [a-zA-Z0-9_./-]{1,512}        S := "…" or '…', no escapes        white space: space and tab, nothing else
 * </pre>
 *
 * <p>Invariants: the canonical form and the id made of it are byte for byte those of Calico, since other programs on the same store name sets by them; a
 * selector is immutable, equal by its canonical form, and never deeper than {@link tombolo.api.selector.Selector#MAX_DEPTH}. A label that is absent fails every
 * comparison but {@code !=} and {@code not in}, which it meets.
 *
 * <p>Accepted as Calico accepts it: {@code notin}, {@code startswith} and {@code endswith} without the inner space; white space inside {@code has( a )};
 * {@code a in {}} and a trailing comma in a set; repeated {@code !}; operators as label names. {@code has (a)} is not: the token is {@code has(}.
 *
 * <p>Source: projectcalico/calico, {@code libcalico-go/lib/selector}, v3.32.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.selector;

import org.jspecify.annotations.NullMarked;
