"""Which level is open, which state may follow, what a packet must hold, when a rate is said."""

from datetime import date
from decimal import Decimal

import pytest

from denials.rules import appeals as rules
from denials.rules.appeals import Item, LevelWindow, Rate

TODAY = date(2026, 11, 23)


def window(level: int = 1, deadline: date = date(2027, 3, 20), is_met: bool = False) -> LevelWindow:
    return LevelWindow(level, deadline, deadline, is_met)


def opened(*windows: LevelWindow, **changes: object) -> rules.Opening:
    given = {"payer_class": "commercial", "reason": "50", "remarks": [], "today": TODAY}
    return rules.opening(windows, **given | changes)  # type: ignore[arg-type]  # by name


def test_the_first_level_is_open_until_the_rules_own_day() -> None:
    assert opened(window(deadline=TODAY)).window == window(deadline=TODAY)


def test_the_level_after_a_used_one_is_open() -> None:
    assert opened(window(2), window(1, is_met=True)).window == window(2)


@pytest.mark.parametrize(
    ("windows", "changes", "reason"),
    [
        ([window(deadline=date(2026, 10, 2))], {}, "Appeal window closed 10/02"),
        ([window(is_met=True)], {}, "Every level that is open was used."),
        ([], {}, "No level of appeal is open."),
        ([], {"remarks": ["MA130"]}, "MA130: the payer could not read the claim. Send a new one."),
        (
            [],
            {"payer_class": "medicare", "reason": "29"},
            "Medicare’s refusal of a late claim cannot be appealed.",
        ),
        (
            [window()],
            {"fixed_pair": ("20610", "99213")},
            "NCCI pair 20610/99213 has modifier indicator 0: never paid apart, so never appealed.",
        ),
    ],
)
def test_why_nothing_can_be_appealed(
    windows: list[LevelWindow], changes: dict[str, object], reason: str
) -> None:
    assert opened(*windows, **changes) == rules.Opening(reason=reason)


@pytest.mark.parametrize(
    ("remedy", "level"),
    [("appeal_1", 1), ("appeal_5", 5), ("external_review", 6), ("corrected_claim", None)],
)
def test_a_remedy_is_a_level_or_none(remedy: str, level: int | None) -> None:
    assert rules.level_of(remedy) == level


def test_levels_have_names_where_a_program_gives_them() -> None:
    assert rules.level_words(2, "medicare") == "Level 2 (Reconsideration)"
    assert rules.level_words(2, "commercial") == "Level 2"
    assert rules.level_words(6, "commercial") == "External review"


@pytest.mark.parametrize(
    ("state", "followers"),
    [
        ("draft", {"ready", "decided"}),
        ("ready", {"draft", "submitted", "decided"}),
        ("submitted", {"ready", "decided"}),
        ("decided", {"draft", "submitted"}),
    ],
)
def test_the_states_that_may_follow(state: str, followers: set[str]) -> None:
    states = ("draft", "ready", "submitted", "decided")
    assert {to for to in states if rules.may_become(state, to)} == followers


@pytest.mark.parametrize(
    ("payer_class", "level", "amount", "year", "warning"),
    [
        (
            *("medicare", 3, "199.99", 2026),
            "Level 3 needs $200.00 in controversy in 2026 (90 FR 55869); this appeal has $199.99.",
        ),
        ("medicare", 3, "200.00", 2026, ""),
        (
            *("medicare", 5, "1900.00", 2026),
            "Level 5 needs $1,960.00 in controversy in 2026 (90 FR 55869);"
            " this appeal has $1,900.00.",
        ),
        ("medicare", 5, "1900.00", 2025, ""),
        ("medicare", 3, "1.00", 2031, ""),
        ("medicare", 1, "1.00", 2026, ""),
        ("commercial", 3, "1.00", 2026, ""),
    ],
)
def test_too_little_in_controversy_is_warned_of(
    payer_class: str, level: int, amount: str, year: int, warning: str
) -> None:
    found = rules.minimum_warning(payer_class, level, Decimal(amount), date(year, 3, 1))
    assert found == warning


@pytest.mark.parametrize(
    ("payer_class", "level", "day"),
    [
        ("medicare", 1, date(2027, 1, 22)),
        ("medicare", 2, date(2027, 1, 22)),
        ("medicare", 3, date(2026, 12, 23)),
        ("commercial", 1, date(2026, 12, 23)),
    ],
)
def test_when_a_decision_is_asked_for(payer_class: str, level: int, day: date) -> None:
    assert rules.decision_due(payer_class, level, TODAY) == day


@pytest.mark.parametrize(
    ("category", "reason", "kind"),
    [
        ("payer_policy", "50", "medical_necessity"),
        ("coding", "97", "coding"),
        ("cob", "22", "eligibility"),
        ("timely_filing", "29", "timely_filing"),
        ("contract", "45", "general"),
    ],
)
def test_what_an_appeal_argues(category: str, reason: str, kind: str) -> None:
    assert rules.kind_of(category, reason) == kind


@pytest.mark.parametrize(
    ("kind", "level", "own", "items"),
    [
        ("medical_necessity", 1, (), ("letter", "remittance", "claim", "chart")),
        ("timely_filing", 1, (), ("letter", "remittance", "claim", "filing_proof")),
        ("general", 2, (), ("letter", "remittance", "decision", "claim")),
        ("general", 1, ("policy",), ("letter", "policy")),
    ],
)
def test_what_a_packet_must_hold(
    kind: str, level: int, own: tuple[str, ...], items: tuple[str, ...]
) -> None:
    assert rules.required_items(kind, level, own) == items


def test_every_kind_of_appeal_has_words_and_items() -> None:
    assert set(rules.REQUIRED) == set(rules.KINDS)
    assert set(rules.KIND_OF_CAUSE.values()) <= set(rules.KINDS)


@pytest.mark.parametrize(
    ("item", "missing"),
    [
        (Item("chart", is_required=True, is_present=False), ["Chart pages"]),
        (Item("chart", is_required=True, is_present=True), []),
        (Item("chart", is_required=False, is_present=False), []),
        (Item("chart", is_required=True, is_present=False, is_let_go=True), []),
    ],
)
def test_what_is_missing(item: Item, missing: list[str]) -> None:
    assert rules.missing_words([item]) == missing


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (Rate(10, 19, 30), "too few to say (19)"),
        (Rate(15, 20, 30), "75% (15 of 20)"),
        (Rate(41, 46, 17), "89% (41 of 46)"),
        (Rate(0, 20, None), "0% (0 of 20)"),
    ],
)
def test_a_rate_is_said_from_20_decisions_on(rate: Rate, words: str) -> None:
    assert rate.words == words
