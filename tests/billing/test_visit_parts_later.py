"""Parts of a visit drafted again, replaced, taken back: nothing moves to a part that was sent."""

import pytest

from billing.actions.claims import (
    redraft_claim,
    redraft_stale_claims,
    replace_claim,
    void_claim,
)
from billing.rules.claim_content import from_json
from coding.models import Charge
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.billing.books import assert_ledger, book_of
from tests.billing.parting import (
    D,
    add_lines,
    code_anew,
    counts,
    drafted,
    large_chart,
    parts_of,
    reject,
    send,
)


def test_unsent_parts_are_drafted_again_together(north: Practice) -> None:
    chart = large_chart(north)
    old = drafted(chart)
    Charge.objects.filter(position=51).delete()
    add_lines(chart, 52, start=51)
    code_anew(chart)
    assert redraft_stale_claims(north.pk, by=None, today=make.TODAY) == 2
    assert [claim.lines.count() for claim in parts_of(chart)] == [50, 50, 2]
    assert [claim.parts for claim in parts_of(chart)] == [3, 3, 3]
    for claim in old:
        claim.refresh_from_db()
        assert (claim.status, book_of(claim)) == ("voided", {})
    billed = sum(book_of(claim)["primary_receivable"] for claim in parts_of(chart))
    assert billed == D("1020.00")
    assert_ledger(north)


def test_a_visit_that_shrank_is_one_claim_again(north: Practice, ben: User) -> None:
    chart = large_chart(north)
    _, second = drafted(chart)
    Charge.objects.filter(position=51).delete()
    whole = redraft_claim(second, by=ben, today=make.TODAY)
    assert parts_of(chart) == [whole]
    assert (whole.part, whole.parts, whole.amount_billed) == (1, 1, D("500.00"))


def test_a_rejected_part_is_drafted_again_alone(north: Practice) -> None:
    chart = large_chart(north)
    first, second = drafted(chart)
    send(first)
    reject(second)
    Charge.objects.filter(position=51).update(modifiers=["25"], amount_billed=D("12.00"))
    code_anew(chart)
    assert redraft_stale_claims(north.pk, by=None, today=make.TODAY) == 1
    kept, anew = parts_of(chart)
    assert (kept, anew.part, anew.parts, anew.frequency) == (first, 2, 2, "1")
    assert from_json(anew.content).lines[0].modifiers == ("25",)
    assert book_of(anew) == {"revenue": D("-12.00"), "primary_receivable": D("12.00")}
    assert_ledger(north)


def test_no_line_moves_to_a_part_that_was_sent(north: Practice, ben: User) -> None:
    chart = large_chart(north, 101)
    first, second, third = drafted(chart)
    send(first, third)
    reject(second)
    Charge.objects.filter(position=1).delete()
    add_lines(chart, 1, start=102)
    before = counts()
    with pytest.raises(Refusal) as refused:
        redraft_claim(second, by=ben, today=make.TODAY)
    assert (refused.value.code, refused.value.status) == ("parts_changed", 409)
    assert refused.value.message == (
        f"Claim {second} is part 2 of 3, and lines of its chart would move to or from part 1, "
        "which was sent. Code the chart so that each line stays in its part; what was added can "
        "stand on a visit of its own."
    )
    assert counts() == before


def test_a_part_its_chart_left_behind_is_held_once_and_the_others_go_on(north: Practice) -> None:
    chart = large_chart(north)
    first, second = drafted(chart)
    send(first)
    reject(second)
    Charge.objects.filter(position=51).delete()
    code_anew(chart)
    for _ in range(2):
        assert redraft_stale_claims(north.pk, by=None, today=make.TODAY) == 0
    second.refresh_from_db()
    assert second.status == "held"
    assert second.findings.get(resolved_at=None).message == (
        f"Claim {second} is part 2 of 2, and its chart would now make 1 claim. Code the chart so "
        "that it makes 2 again; what was added can stand on a visit of its own."
    )
    assert_ledger(north)


def test_the_corrected_claim_of_a_part_bills_that_part(north: Practice, ben: User) -> None:
    chart = large_chart(north)
    first, second = drafted(chart)
    send(first, second)
    Charge.objects.filter(position=51).update(modifiers=["25"], amount_billed=D("12.00"))
    corrected = replace_claim(second, by=ben, today=make.TODAY)
    assert (corrected.part, corrected.parts, corrected.frequency) == (2, 2, "7")
    assert (corrected.replaces, corrected.status) == (second, "ready")
    assert corrected.patient_control_number.endswith("-2")
    content = from_json(corrected.content)
    assert (content.payer_claim_control_number, content.amount_billed) == ("UNI2", 1_200)
    assert [line.procedure_code for line in content.lines] == ["20051"]
    assert (book_of(second), book_of(corrected)["primary_receivable"]) == ({}, D("12.00"))
    again = redraft_claim(corrected, by=ben, today=make.TODAY)
    assert (again.part, again.frequency, again.replaces) == (2, "7", corrected)
    assert_ledger(north)


@pytest.mark.parametrize(
    ("lines", "now", "made"),
    [(51, 101, "3 claims"), (51, 50, "1 claim"), (50, 51, "2 claims")],
)
def test_a_claim_is_not_replaced_when_its_chart_makes_another_number_of_claims(
    north: Practice, ben: User, lines: int, now: int, made: str
) -> None:
    chart = large_chart(north, lines)
    claims = drafted(chart)
    send(*claims)
    Charge.objects.filter(position__gt=now).delete()
    add_lines(chart, max(now - lines, 0), start=lines + 1)
    before = counts()
    with pytest.raises(Refusal) as refused:
        replace_claim(claims[-1], by=ben, today=make.TODAY)
    many = len(claims)
    place = f"part {many} of {many}" if many > 1 else "the whole of its visit"
    assert (refused.value.code, refused.value.status) == ("parts_changed", 409)
    assert refused.value.message == (
        f"Claim {claims[-1]} is {place}, and its chart would now make {made}. Code the chart so "
        f"that it makes {many} again; what was added can stand on a visit of its own."
    )
    assert counts() == before


def test_a_void_takes_one_part_back_and_leaves_the_other(north: Practice, ben: User) -> None:
    first, second = drafted(large_chart(north))
    send(first, second)
    Charge.objects.filter(position=51).delete()
    void = void_claim(second, reason="Not done", by=ben, today=make.TODAY)
    assert (void.part, void.parts, void.frequency, void.status) == (2, 2, "8", "ready")
    content = from_json(void.content)
    assert content.payer_claim_control_number == "UNI2"
    assert [line.procedure_code for line in content.lines] == ["20051"]
    assert (book_of(second), book_of(void)) == ({}, {})
    assert book_of(first)["primary_receivable"] == D("500.00")
