"""What a 271 means for a policy, told with plain answers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from payers.rules.eligibility import (
    Asked,
    Known,
    Part,
    Share,
    judge_answer,
    judge_visit,
    shares_of,
)
from payers.rules.eligibility_labels import describe_rejection, name_of_type
from rcm.x12.eligibility_27x import (
    Benefit,
    EligibilityAnswer,
    EligibilityRejection,
    RelatedParty,
)
from rcm.x12.inquiry_parts import Member, Party, Period

DAY = date(2026, 11, 2)
ASKED = Asked("Okafor", "Denise", date(1958, 3, 14), "UC10000001", DAY)
DENISE = Member(
    Party("IL", "OKAFOR", "DENISE", qualifier="MI", identifier="UC10000001", is_person=True),
    date(1958, 3, 14),
    "F",
)
ACTIVE = Benefit("1", "IND", ("30",), plan_name="GOLD")
INACTIVE = Benefit("6", "IND", ("30",))


def answer(*benefits: Benefit, **changes: object) -> EligibilityAnswer:
    return replace(EligibilityAnswer("R", subscriber=DENISE, benefits=benefits), **changes)  # type: ignore[arg-type]  # by name


def test_an_active_plan_is_active() -> None:
    found = judge_answer(answer(ACTIVE), ASKED)
    assert (found.plan_status, found.reason, found.plan_name) == ("active", "", "GOLD")
    assert found.mismatches == ()


def test_an_inactive_plan_says_when_it_ended() -> None:
    ended = replace(INACTIVE, periods=(Period("347", date(2026, 9, 30)),))
    found = judge_answer(answer(ended), ASKED)
    assert (found.plan_status, found.ends_on) == ("inactive", date(2026, 9, 30))
    assert found.reason == ("The payer says the policy is not in force. It ended on 09/30/2026.")


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        (Period("347", date(2026, 10, 31)), "The plan ended on 10/31/2026."),
        (Period("346", date(2026, 12, 1)), "The plan begins on 12/01/2026."),
        (
            Period("307", date(2026, 1, 1), date(2026, 10, 31)),
            "The plan ended on 10/31/2026.",
        ),
    ],
)
def test_an_active_plan_of_other_days_is_inactive(period: Period, reason: str) -> None:
    found = judge_answer(answer(ACTIVE, periods=(period,)), ASKED)
    assert (found.plan_status, found.reason) == ("inactive", reason)


def test_a_plan_that_ends_on_the_day_is_active() -> None:
    found = judge_answer(answer(ACTIVE, periods=(Period("347", DAY),)), ASKED)
    assert found.plan_status == "active"


def test_the_plan_as_a_whole_goes_before_a_single_service() -> None:
    dental = Benefit("6", "IND", ("35",))
    assert judge_answer(answer(dental, ACTIVE), ASKED).plan_status == "active"
    assert judge_answer(answer(Benefit("1", "IND", ("35",)), INACTIVE), ASKED).plan_status == (
        "inactive"
    )


@pytest.mark.parametrize(
    ("code", "words", "mismatches"),
    [
        ("75", "policy holder not found (75)", ()),
        ("71", "the birth date is not the one on file (71)", ("birth_date",)),
        ("72", "member id missing or not valid (72)", ("member_id",)),
        ("73", "policy holder's name missing or not valid (73)", ("last_name",)),
        ("42", "the payer cannot answer now (42)", ()),
        ("ZZ", "refused (ZZ)", ()),
    ],
)
def test_a_refusal_says_what_to_correct(code: str, words: str, mismatches: tuple[str, ...]) -> None:
    refused = answer(rejections=(EligibilityRejection("2100C", code, "C"),))
    found = judge_answer(refused, ASKED)
    assert (found.plan_status, found.rejection_codes) == ("error", (code,))
    assert found.reason == f"The payer refused: {words}: correct it and ask again."
    assert found.mismatches == mismatches


def test_an_answer_that_says_nothing_is_unknown() -> None:
    found = judge_answer(answer(Benefit("V")), ASKED)
    assert found.plan_status == "unknown"
    assert found.reason == "The payer does not say whether the policy is in force."


@pytest.mark.parametrize(
    ("member", "mismatches"),
    [
        (replace(DENISE, birth_date=date(1958, 3, 15)), ("birth_date",)),
        (replace(DENISE, party=replace(DENISE.party, name="OKAFOR-BAKER")), ("last_name",)),
        (replace(DENISE, party=replace(DENISE.party, first_name="DAN")), ("first_name",)),
        (replace(DENISE, party=replace(DENISE.party, identifier="1EG4TE5MK73")), ("member_id",)),
        (replace(DENISE, party=replace(DENISE.party, first_name="DENISE M")), ()),
        (replace(DENISE, party=Party("IL", ""), birth_date=None), ()),
    ],
)
def test_a_member_who_is_another_is_a_mismatch(member: Member, mismatches: tuple[str, ...]) -> None:
    assert judge_answer(answer(ACTIVE, subscriber=member), ASKED).mismatches == mismatches


def test_an_accent_is_no_mismatch() -> None:
    ours = ASKED._replace(last_name="Muñoz-Øster", first_name="Zoë")
    theirs = replace(DENISE, party=replace(DENISE.party, name="MUNOZ OSTER", first_name="ZOE"))
    assert judge_answer(answer(ACTIVE, subscriber=theirs), ours).mismatches == ()


def test_another_payer_is_named() -> None:
    other = Benefit("R", parties=(RelatedParty(Party("PR", "SECOND", identifier="77")),))
    found = judge_answer(answer(ACTIVE, other), ASKED)
    assert (found.other_payer_name, found.other_payer_id) == ("SECOND", "77")


def test_the_digest_changes_with_who_is_asked_about_and_not_with_spelling() -> None:
    assert ASKED.digest == ASKED._replace(last_name="OKAFOR ").digest
    assert ASKED.digest == ASKED._replace(for_day=date(2026, 1, 1)).digest
    assert ASKED.digest != ASKED._replace(member_id="UC10000002").digest
    assert ASKED.digest != ASKED._replace(holder="Okafor Ben").digest


def test_a_visit_waits_for_what_its_payer_says() -> None:
    fine = Known("active", "", [], [])
    assert judge_visit(fine, is_required=True) is None
    assert judge_visit(None, is_required=False) is None
    assert judge_visit(None, is_required=True) == (
        "eligibility_unknown",
        "This payer wants eligibility checked first. The payer has not answered yet.",
    )
    ended = Known("inactive", "The plan ended on 10/31/2026.", [], [])
    assert judge_visit(ended, is_required=False) == ("eligibility_inactive", ended.reason)
    other = fine._replace(mismatches=["birth_date", "last_name"])
    assert judge_visit(other, is_required=False) == (
        "eligibility_mismatch",
        "The payer has another birth date, last name.",
    )
    lost = Known("error", "The payer refused: policy holder not found (75).", ["75"], [])
    assert judge_visit(lost, is_required=False) == ("eligibility_mismatch", lost.reason)
    down = Known("error", "The payer refused: later (42).", ["42"], [])
    assert judge_visit(down, is_required=False) is None
    assert judge_visit(down, is_required=True) == (
        "eligibility_unknown",
        "This payer wants eligibility checked first. The payer refused: later (42).",
    )


def part(code: str, amount: str = "", **changes: object) -> Part:
    told = Decimal(amount) if amount else None
    return Part(code, ("30",), "IND", "", told, None, "Y")._replace(**changes)  # type: ignore[arg-type]  # by name


def test_shares_are_told_per_service_type_in_network_for_one_person() -> None:
    parts = [
        part("B", "25.00", service_types=("98", "UC")),
        part("C", "500.00", time="23"),
        part("C", "120.00", time="29"),
        part("C", "1000.00", time="23", network="N"),
        part("C", "1500.00", time="23", level="FAM"),
        part("A", percent=Decimal(20)),
        part("G", "3000.00"),
        part("G", "2100.00", time="29"),
        part("1"),
        part("B", "40.00", service_types=("98",)),
    ]
    dollars = Decimal
    assert shares_of(parts) == [
        Share("30", None, dollars(20), dollars("500.00"), dollars("120.00"),
              dollars("3000.00"), dollars("2100.00")),
        Share("98", dollars("25.00")),
        Share("UC", dollars("25.00")),
    ]  # fmt: skip


def test_labels_fall_back_to_the_number() -> None:
    assert (name_of_type("98"), name_of_type("Q7")) == ("Office visit", "Type Q7")
    assert describe_rejection("75", "") == "policy holder not found (75)"


def test_of_last_years_plan_and_this_years_the_one_of_the_day_decides() -> None:
    gone = replace(INACTIVE, periods=(Period("347", date(2025, 12, 31)),))
    years = [
        replace(ACTIVE, periods=(Period("291", date(year, 1, 1), date(year, 12, 31)),))
        for year in (2025, 2026)
    ]
    now = replace(ACTIVE, periods=(Period("346", date(2026, 1, 1)),))
    for benefits in (years, years[::-1], (gone, now)):
        found = judge_answer(answer(*benefits), ASKED)
        assert (found.plan_status, found.starts_on) == ("active", date(2026, 1, 1))


def test_when_none_of_several_plans_holds_the_day_the_policy_is_inactive() -> None:
    years = [
        replace(ACTIVE, periods=(Period("291", date(year, 1, 1), date(year, 12, 31)),))
        for year in (2024, 2025)
    ]
    found = judge_answer(answer(*years), ASKED)
    assert (found.plan_status, found.reason) == ("inactive", "The plan ended on 12/31/2024.")
