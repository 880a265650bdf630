"""Root cause and owner of a denial, from group, remark, reason, table and overrides."""

import csv

import pytest

from denials.rules.triage import (
    CAUSES,
    GENERIC_REASONS,
    QUEUES,
    OverrideKey,
    Route,
    Said,
    Tables,
    Triage,
    cause_label,
    cause_words,
    code_of,
    is_reason,
    triage,
)
from payers.actions.code_lists import TABLES

REASONS = {
    "50": Route("Not necessary", "coding", "coder", True),
    "97": Route("Bundled into another procedure", "coding", "coder", True),
    "16": Route("Something is missing", "coding", "biller", False),
    "27": Route("After coverage ended", "eligibility", "eligibility", False),
    "197": Route("No authorization", "authorization", "auth", False),
}
REMARKS = {
    "M76": Route("Diagnosis code missing or not valid", "coding", "coder", True),
    "N290": Route("Rendering provider id missing", "enrolment", "credentialing", False),
    "MA01": Route("Appeal rights", "informational", "posting", False),
}
HARBOR, OTHER = 7, 8


def found(
    code: str,
    *remarks: str,
    overrides: dict[OverrideKey, Route] | None = None,
    payer_id: int = HARBOR,
) -> Triage:
    group, _, reason = code.partition("-")
    said = Said(payer_id, "Harbor Mutual", group, reason, remarks)
    return triage(said, Tables(REASONS, REMARKS, overrides or {}))


def to(category: str) -> Route:
    return Route("", category, "records", False)


def test_the_reason_decides_when_it_says_enough() -> None:
    assert found("CO-197", "M76") == Triage(
        "authorization", "auth", False, "CO-197 says authorization."
    )


def test_a_remark_sharpens_a_generic_reason() -> None:
    assert found("CO-16", "N1", "N290") == Triage(
        "enrolment", "credentialing", False, "CO-16 is generic; remark N290 says enrolment."
    )
    assert found("CO-16", "M76").owner_queue == "coder"


def test_a_remark_that_only_informs_gives_way_to_one_that_names_a_cause() -> None:
    assert found("CO-16", "MA01", "N290").category == "enrolment"
    assert found("CO-16", "MA01").category == "informational"


def test_a_generic_reason_without_a_known_remark_keeps_its_own_route() -> None:
    assert found("CO-16", "N1") == Triage(
        "coding", "biller", False, "CO-16 is generic and no known remark says more: coding."
    )


def test_an_unknown_reason_goes_to_triage_whatever_the_remark() -> None:
    assert found("CO-999", "M76") == Triage(
        "unknown",
        "triage",
        False,
        "CO-999 is not in the table of reasons; a manager says what it means.",
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("PI-27", "PI-27 says eligibility."),
        ("PR-27", "PR leaves it to the patient, but it is taken as a denial. PR-27 says eligibil"),
        ("OA-27", "OA is information or another payer's matter, but nobody paid it. OA-27 says e"),
    ],
)
def test_the_group_says_whose_matter_it_is(code: str, why: str) -> None:
    assert found(code).why.startswith(why)
    assert found(code).category == "eligibility"


def test_an_override_beats_the_table_and_says_whose_it_is() -> None:
    own: dict[OverrideKey, Route] = {(HARBOR, "", "50", ""): to("documentation")}
    assert found("CO-50", overrides=own) == Triage(
        "documentation",
        "records",
        False,
        "Harbor Mutual: your practice sends CO-50 to documentation.",
    )
    assert found("CO-50", overrides=own, payer_id=OTHER).category == "coding"


def test_the_override_for_the_payer_beats_the_one_for_all_payers() -> None:
    own: dict[OverrideKey, Route] = {
        (HARBOR, "", "50", ""): to("documentation"),
        (None, "CO", "50", "M76"): to("payer_policy"),
    }
    assert found("CO-50", "M76", overrides=own).why == (
        "Harbor Mutual: your practice sends CO-50 to documentation."
    )
    assert found("CO-50", "M76", overrides=own, payer_id=OTHER).why == (
        "Your practice sends CO-50 with M76 to payer policy."
    )


def test_an_override_that_names_more_beats_one_that_names_less() -> None:
    own: dict[OverrideKey, Route] = {
        (None, "", "16", ""): to("payer_policy"),
        (None, "CO", "16", ""): to("contract"),
        (None, "", "16", "N290"): to("enrolment"),
    }
    assert found("PI-16", overrides=own).category == "payer_policy"
    assert found("CO-16", overrides=own).category == "contract"
    with_remark = found("CO-16", "N290", overrides=own)
    assert with_remark.why == "Your practice sends CO-16 with N290 to enrolment."


def test_an_override_makes_an_unknown_reason_known() -> None:
    own: dict[OverrideKey, Route] = {(None, "", "999", ""): to("contract")}
    assert found("CO-999", overrides=own).category == "contract"


def test_every_reason_of_the_table_goes_where_it_says_for_every_group() -> None:
    with (TABLES / "carc_routing.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 263
    reasons = {
        row["carc"]: Route("", row["category"], row["owner_queue"], row["route_to_coder"] != "no")
        for row in rows
    }
    tables = Tables(reasons, REMARKS, {})
    for row in rows:
        for group in ("CO", "PI", "PR", "OA", "CR"):
            decided = triage(Said(1, "Any", group, row["carc"], []), tables)
            queue = row["owner_queue"] if row["route_to_coder"] == "no" else "coder"
            assert (decided.category, decided.owner_queue) == (row["category"], queue)
            assert decided.category in CAUSES
            assert decided.owner_queue in QUEUES
            assert f"{group}-{row['carc']}" in decided.why
    numbers = {str(number) for number in range(1, 1000)} | {"Z1", "A99", ""}
    for number in numbers - set(reasons) - GENERIC_REASONS:
        decided = triage(Said(1, "Any", "CO", number, ["M76"]), tables)
        assert (decided.category, decided.owner_queue) == ("unknown", "triage")
    # The retired number old payments carry: its remark still says the cause.
    assert GENERIC_REASONS - set(reasons) == {"125"}
    assert triage(Said(1, "Any", "CO", "125", ["M76"]), tables).category == "coding"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(
            ("197", "197"),
            ("CO-197", "197"),
            (" co 197 ", "197"),
            ("pr197", "197"),
            ("OA - B7", "B7"),
        ),
        *(
            ("PI-P12", "P12"),
            ("b7", "B7"),
            ("CO-", ""),
            ("co", "CO"),
            ("", ""),
            ("coding", "CODING"),
        ),
    ],
)
def test_the_group_before_a_reason_is_left_out(written: str, code: str) -> None:
    assert code_of(written) == code


@pytest.mark.parametrize("code", ["", "CO", "CODING", "12345", "B-7", "²", "BB7", "1 2"])
def test_what_is_no_number_with_or_without_a_letter_is_no_reason(code: str) -> None:
    assert not is_reason(code)


def test_every_reason_of_the_table_is_written_as_one() -> None:
    with (TABLES / "carc_routing.csv").open(encoding="utf-8", newline="") as lines:
        codes = [row["carc"] for row in csv.DictReader(lines)]
    assert [code for code in codes if not is_reason(code) or code_of(code) != code] == []


def test_a_cause_has_one_name_alone_and_inside_a_sentence() -> None:
    assert (cause_label("cob"), cause_words("cob")) == (
        "Coordination of benefits",
        "coordination of benefits",
    )
    assert cause_label("something_else") == "Something else"
