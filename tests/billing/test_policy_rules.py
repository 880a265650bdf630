"""Pure: which rule decides about an adjustment, what the stop list holds, in which words."""

from typing import Any

import pytest

from billing.rules.policy import AdjustmentFact, Decision, PolicyFacts, Rule, decide

UNIFIED, OTHER = 1, 2


def rule(pk: int, action: str = "hold", **changes: Any) -> Rule:
    fields: dict[str, Any] = {
        "id": pk,
        "name": f"Rule {pk}",
        "payer_id": None,
        "group": "",
        "reason": "",
        "amount_from": None,
        "amount_to": None,
        "scope": "adjustment",
        "action": action,
    }
    return Rule(**fields | changes)


def claim(*codes: str, paid: int = 7200, billed: int = 16500, status: str = "1") -> PolicyFacts:
    """claim("CO-97 9300"): cents."""
    facts = []
    for pk, text in enumerate(codes, 1):
        code, amount = text.split()
        facts.append(AdjustmentFact(pk, *code.split("-"), int(amount)))
    return PolicyFacts(status, billed, paid, UNIFIED, facts)


def held_by(claim: PolicyFacts, *rules: Rule) -> int | None:
    held = decide(claim, rules).held
    return held.rule_id if held else None


def test_without_a_rule_a_claim_posts() -> None:
    assert decide(claim("CO-45 9300"), []) == Decision(None, {}, {}, {})
    assert decide(claim("CO-97 9300"), []) == Decision(None, {}, {}, {})


def test_a_held_claim_names_its_rule() -> None:
    named = rule(7, name="CO-97 of Unified above $500", amount_from=50_000)
    held = decide(claim("CO-97 61200"), [named]).held
    assert held is not None
    assert held.sentence == "Held by rule “CO-97 of Unified above $500”: CO-97 of $612.00."
    assert (held.rule_id, held.code) == (7, "policy")
    assert decide(claim("CO-97 49999"), [named]).held is None
    assert held_by(claim("CO-97 50000"), named) == 7


def test_the_most_specific_rule_decides() -> None:
    any_one = rule(1, "hold")
    of_group = rule(2, "post", group="CO")
    of_reason = rule(3, "hold", reason="97")
    of_both = rule(4, "post", group="CO", reason="97")
    of_payer = rule(5, "hold", payer_id=UNIFIED)
    of_all = rule(6, "post", payer_id=UNIFIED, group="CO", reason="97")
    told = claim("CO-97 9300")
    for weaker, stronger in [
        (any_one, of_group),
        (of_group, of_reason),
        (of_reason, of_both),
        (of_both, of_payer),
        (of_payer, of_all),
    ]:
        for order in [(weaker, stronger), (stronger, weaker)]:
            wanted = stronger.id if stronger.action == "hold" else None
            assert held_by(told, *order) == wanted, (weaker.id, stronger.id)


def test_a_range_is_more_specific_then_priority_then_the_newest() -> None:
    told = claim("CO-97 9300")
    plain, ranged = rule(9, reason="97"), rule(1, "post", reason="97", amount_to=10_000)
    assert held_by(told, plain, ranged) is None
    first, urgent = rule(9, "post", reason="97"), rule(1, reason="97", priority=5)
    assert held_by(told, first, urgent) == 1
    assert held_by(told, rule(1, "post", reason="97"), rule(2, reason="97")) == 2


def test_another_payers_rule_is_not_asked() -> None:
    assert held_by(claim("CO-97 9300"), rule(1, payer_id=OTHER)) is None


def test_zero_and_reversals_are_never_held() -> None:
    assert held_by(claim("CO-97 0"), rule(1, reason="97")) is None
    back = claim("CO-97 -9300", paid=-7200, billed=-16500, status="22")
    assert held_by(back, rule(1)) is None
    for status in ("23", "25"):
        assert held_by(claim("CO-97 9300", status=status), rule(1)) is None


def test_a_rule_changes_the_account_of_its_adjustment_only() -> None:
    rules = [
        rule(1, "write_off", group="CO", reason="97", amount_to=500),
        rule(2, "transfer", group="PR", reason="96"),
        rule(3, "route", reason="50", team="Appeals"),
    ]
    told = claim("CO-97 500", "CO-97 501", "PR-96 2000", "CO-50 100")
    assert decide(told, rules) == Decision(
        None, {1: "write_off", 3: "patient"}, {4: "Appeals"}, {1: 1, 3: 2}
    )


def test_a_reversal_follows_the_range_of_what_it_takes_back() -> None:
    small = rule(1, "write_off", group="CO", reason="97", amount_from=1, amount_to=500)
    back = claim("CO-97 -499", "CO-97 -501", paid=-7200, billed=-16500, status="22")
    assert decide(back, [small]).kinds == {1: "write_off"}


@pytest.mark.parametrize(
    ("told", "code", "sentence"),
    [
        (
            claim("OA-18 16500", paid=0),
            "policy_duplicate",
            "Held by the stop list: OA-18 calls this a duplicate; find the first claim.",
        ),
        (
            claim("CO-B13 16500", paid=0),
            "policy_duplicate",
            "Held by the stop list: CO-B13 says it was paid before; find that payment.",
        ),
        (
            claim("OA-A0 500"),
            "policy_refund",
            "Held by the stop list: OA-A0 asks to refund the patient; find out what was overpaid.",
        ),
        (
            claim("CO-45 16500", paid=0),
            "policy_zero_paid",
            "Held by the stop list: nothing of $165.00 is paid and all of it is taken off.",
        ),
        (
            claim("CO-45 9300", status="4"),
            "policy_denied_paid",
            "Held by the stop list: status 4 says denied, yet $72.00 is paid.",
        ),
    ],
)
def test_the_stop_list_holds(told: PolicyFacts, code: str, sentence: str) -> None:
    held = decide(told, []).held
    assert held is not None
    assert (held.rule_id, held.code, held.sentence) == (None, code, sentence)


@pytest.mark.parametrize(
    "codes",
    [("PR-1 16500",), ("CO-45 9000", "PR-1 7500"), ("CO-197 16500",), ("CO-24 16500",)],
)
def test_a_zero_payment_that_says_who_owes_is_not_stopped(codes: tuple[str, ...]) -> None:
    assert decide(claim(*codes, paid=0), []).held is None


def test_a_rule_that_names_the_reason_lifts_its_stop_a_blanket_one_does_not() -> None:
    duplicate = claim("OA-18 16500", paid=0)
    assert decide(duplicate, [rule(1, "post", reason="18")]).held is None
    assert decide(duplicate, [rule(1, "post", payer_id=UNIFIED)]).held is not None


def test_a_rule_about_zero_payments_holds_or_lets_them_post() -> None:
    zero = claim("CO-45 16500", paid=0)
    assert decide(zero, [rule(1, "post", scope="zero_paid", reason="45")]).held is None
    held = decide(claim("PR-1 16500", paid=0), [rule(2, scope="zero_paid", name="Zero")]).held
    assert held is not None
    assert held.sentence == "Held by rule “Zero”: nothing of $165.00 is paid."
    only_45 = rule(3, scope="zero_paid", reason="45")
    assert held_by(claim("CO-45 9000", "PR-1 7500", paid=0), only_45) is None
    assert held_by(claim("CO-45 9300"), only_45) is None
    small = rule(4, scope="zero_paid", amount_to=16499)
    assert held_by(claim("PR-1 16500", paid=0), small) is None
