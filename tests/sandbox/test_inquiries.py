"""The sandbox's answers to 270 and 276: from its script, and from what became of a claim."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from payers.sandbox.behaviour import Behaviour
from payers.sandbox.inquiry_rules import (
    EligibilityRule,
    InquiryRules,
    MemberCondition,
    StatusRule,
)
from payers.sandbox.script import ScriptRefused, build_behaviour
from rcm.x12.claim_837 import Identifier
from rcm.x12.eligibility_27x import EligibilityAnswer, EligibilityInquiry, EligibilityRejection
from rcm.x12.inquiry_parts import Period
from rcm.x12.status_27x import StatusAnswer
from rcm.x12.write_270 import write_270
from rcm.x12.write_276 import write_276
from tests.sandbox.bench import Bench
from tests.sandbox.cast import make_claim, make_envelope, make_payer, make_share
from tests.x12.inquiry_samples import ASKED, CLAIMS

Open = Callable[..., Bench]


def with_rules(*rules: EligibilityRule, **changes: Any) -> Behaviour:
    payer = make_payer(inquiries=InquiryRules(eligibility=rules), **changes)
    return Behaviour({payer.payer_id: payer})


def rule(answer: str, **changes: Any) -> EligibilityRule:
    return EligibilityRule(MemberCondition(), answer, **changes)


def ask(bench: Bench, *inquiries: EligibilityInquiry) -> list[EligibilityAnswer]:
    out = BytesIO()
    write_270(out, make_envelope(77), inquiries)
    bench.drop(out.getvalue(), "inquiry.270")
    assert [ack.code for ack in bench.group_acknowledgments] == ["A"]
    return bench.read_answers("271", EligibilityAnswer)


def ask_status(bench: Bench, *references: Identifier, **changes: Any) -> StatusAnswer:
    inquiry = replace(CLAIMS[0], references=references, **changes)
    out = BytesIO()
    write_276(out, make_envelope(78), [inquiry])
    bench.drop(out.getvalue(), "inquiry.276")
    (answer,) = bench.read_answers("277", StatusAnswer)
    assert (answer.trace_number, answer.reference) == ("S000000001", "R2")
    return answer


def test_a_member_nobody_scripted_is_active_with_the_payers_shares(open_bench: Open) -> None:
    share = make_share(copay=2_500, deductible=50_000, coinsurance_percent=Decimal(20))
    first, second = ask(open_bench(with_rules(share=share)), *ASKED)
    assert [(t.kind, t.number) for t in first.traces] == [("2", "E000000001")]
    assert first.reference == "R1"
    assert (first.subscriber, first.dependent) == (ASKED[0].subscriber, None)
    assert [(b.code, b.time, b.amount, b.percent) for b in first.benefits] == [
        ("1", "", None, None),
        ("B", "27", 2_500, None),
        ("C", "23", 50_000, None),
        ("C", "29", 50_000, None),
        ("A", "", None, Decimal("0.2")),
    ]
    assert second.dependent is not None
    assert [b.code for b in second.benefits][:1] == ["1"]


@pytest.mark.parametrize(
    ("answer", "reason", "follow_up"),
    [
        ("not_found", "75", "C"),
        ("wrong_birth_date", "71", "C"),
        ("invalid_member_id", "72", "C"),
        ("no_answer", "42", "R"),
    ],
)
def test_a_scripted_refusal_comes_as_aaa(
    open_bench: Open, answer: str, reason: str, follow_up: str
) -> None:
    first, second = ask(open_bench(with_rules(rule(answer))), *ASKED)
    assert first.rejections == (EligibilityRejection("2100C", reason, follow_up),)
    assert second.rejections == (EligibilityRejection("2100D", reason, follow_up),)
    assert first.benefits == ()


def test_an_inactive_member_has_an_end_and_another_payer(open_bench: Open) -> None:
    ended = rule(
        "inactive",
        ended_on=date(2026, 9, 30),
        other_payer_name="SECOND MUTUAL",
        other_payer_id="SECND",
    )
    (answer,) = ask(open_bench(with_rules(ended)), ASKED[0])
    assert [b.code for b in answer.benefits] == ["6", "R"]
    assert answer.benefits[0].periods == (Period("347", date(2026, 9, 30)),)
    assert answer.benefits[1].parties[0].party.name == "SECOND MUTUAL"


def test_the_first_rule_that_fits_the_member_answers(open_bench: Open) -> None:
    born = EligibilityRule(MemberCondition(birth_date_not=date(1970, 1, 2)), "wrong_birth_date")
    other = EligibilityRule(MemberCondition(frozenset({"OTHER"})), "inactive")
    bench = open_bench(with_rules(other, born))
    (answer,) = ask(bench, ASKED[0])
    assert [b.code for b in answer.benefits] == ["1"]


def test_a_payer_nobody_knows_is_refused_by_the_clearinghouse(open_bench: Open) -> None:
    stranger = replace(ASKED[0], payer=replace(ASKED[0].payer, identifier="99999"))
    (answer,) = ask(open_bench(), stranger)
    assert answer.rejections == (EligibilityRejection("2100A", "T4", "C"),)


def test_a_paid_claim_comes_with_the_trace_number_of_its_payment(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    (remittance,) = bench.remittances
    answer = ask_status(bench, Identifier("EJ", "C1"))
    (detail,) = answer.details
    assert (detail.statuses[0].category, detail.amount_paid) == ("F1", 9_000)
    assert detail.check_number == remittance.start.trace_number
    assert detail.paid_on == remittance.start.paid_on
    assert answer.find_reference("1K") == remittance.claims[0].payer_claim_control_number


def test_a_claim_that_waits_is_in_work(open_bench: Open) -> None:
    slow = make_payer(delay_seconds=3600)
    bench = open_bench(Behaviour({slow.payer_id: slow}))
    bench.send(make_claim("C1"))
    answer = ask_status(bench, Identifier("EJ", "C1"))
    assert [s.category for s in answer.details[0].statuses] == ["P1"]
    assert answer.find_reference("1K") == bench.claim_statuses[0].payer_claim_control_number


def test_a_denied_claim_is_f2(bench: Bench) -> None:
    bench.send(make_claim("C1"))
    bench.send(make_claim("C2"))
    assert ask_status(bench, Identifier("EJ", "C2")).details[0].statuses[0].category == "F2"


def test_a_claim_nobody_knows_is_not_found(bench: Bench) -> None:
    answer = ask_status(bench, Identifier("EJ", "NONE"))
    assert [(s.category, s.code) for s in answer.details[0].statuses] == [("A4", "35")]


def test_a_payer_nobody_knows_cannot_match_the_question(bench: Bench) -> None:
    payer = replace(CLAIMS[0].payer, identifier="99999")
    answer = ask_status(bench, Identifier("EJ", "C1"), payer=payer)
    assert [s.category for s in answer.details[0].statuses] == ["D0"]


def test_a_scripted_status_goes_before_what_became_of_the_claim(open_bench: Open) -> None:
    scripted = StatusRule(frozenset({"C1"}), frozenset(), "R4", "317")
    payer = make_payer(inquiries=InquiryRules(claim_status=(scripted,)))
    bench = open_bench(Behaviour({payer.payer_id: payer}))
    bench.send(make_claim("C1"))
    answer = ask_status(bench, Identifier("EJ", "C1"))
    assert [(s.category, s.code) for s in answer.details[0].statuses] == [("R4", "317")]


def test_another_version_of_a_question_is_refused_by_999(bench: Bench) -> None:
    out = BytesIO()
    write_270(out, make_envelope(79), [ASKED[0]])
    bench.drop(out.getvalue().replace(b"X279A1", b"X279  "), "old.270")
    assert [ack.code for ack in bench.group_acknowledgments] == ["R"]
    assert bench.find_files("271") == []


def scripted(**changes: Any) -> dict[str, Any]:
    return {"payers": [{"payer_id": "60054", "name": "EXAMPLE", **changes}]}


def test_the_script_says_who_is_not_active() -> None:
    entry = {
        "id": "lapsed",
        "why": "the plan ended",
        "when": {"member_id_suffix": "9", "birth_date_not": "1970-01-02"},
        "answer": "inactive",
        "ended_on": "2026-09-30",
        "other_payer": {"name": "SECOND", "payer_id": "77"},
    }
    status = {"when": {"patient_control_numbers": ["C1"]}, "category": "P3", "status": "317"}
    behaviour = build_behaviour(scripted(eligibility=[entry], claim_status=[status]))
    rules = behaviour.payers["60054"].inquiries
    assert rules.find_eligibility("W9", date(1980, 1, 1)).answer == "inactive"
    assert rules.find_eligibility("W9", date(1970, 1, 2)).answer == "active"
    assert rules.find_eligibility("W8", date(1980, 1, 1)).answer == "active"
    found = rules.find_status("C1", "W9")
    assert found is not None
    assert found.category == "P3"
    assert rules.find_status("C2", "W9") is None


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"answer": "maybe"}, r"eligibility\[0\].answer: one of active, inactive"),
        ({"answer": "inactive", "ended_on": "soon"}, "ended_on: a date is needed"),
        ({"answer": "inactive", "when": {"age": 3}}, "unknown key 'age'"),
    ],
)
def test_a_bad_script_is_refused_by_its_place(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ScriptRefused, match=message):
        build_behaviour(scripted(eligibility=[entry]))
