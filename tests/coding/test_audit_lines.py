"""Two codings side by side."""

import pytest

from coding.rules.audit_lines import (
    CodedChart,
    CodedLine,
    changes_claim,
    compare,
    cut_chart,
    effect_of,
)
from coding.rules.audit_samples import rank_of


def chart(text: str) -> CodedChart:
    """chart("E1142 I10 | 99214-25:AB J3301 x4"): diagnoses, then lines with pointer letters."""
    left, _, right = text.partition("|")
    diagnoses = tuple(left.split())
    found = []
    for word in right.split():
        if word[0] == "x":
            found[-1] = CodedLine(found[-1].code, found[-1].modifiers, word[1:], found[-1].pointers)
            continue
        head, _, letters = word.partition(":")
        code, *modifiers = head.split("-")
        pointers = tuple(diagnoses["ABCDEF".index(letter)] for letter in letters)
        found.append(CodedLine(code, tuple(modifiers), "1", pointers))
    return CodedChart(diagnoses, tuple(found))


def said(text: str, other: str) -> list[tuple[str, str, str, str, str, str]]:
    """What a comparison finds wrong."""
    return [
        (line.position, line.kind, line.coder_value, line.auditor_value, line.verdict, line.effect)
        for line in compare(chart(text), chart(other))
        if line.verdict != "agree"
    ]


def test_a_chart_is_cut_into_everything_that_can_be_wrong_by_itself() -> None:
    cut = cut_chart(chart("E1142 I10 | 99214-25-95:AB 20610:B"))
    assert [(line.position, line.kind, line.coder_value) for line in cut] == [
        ("A", "dx", "E1142"),
        ("B", "dx", "I10"),
        ("1", "em", "99214"),
        ("1", "modifier", "25"),
        ("1", "modifier", "95"),
        ("1", "units", "1"),
        ("1", "pointer", "AB"),
        ("2", "procedure", "20610"),
        ("2", "units", "1"),
        ("2", "pointer", "B"),
    ]
    assert {line.verdict for line in cut} == {""}
    assert cut_chart(CodedChart()) == []


@pytest.mark.parametrize(
    ("coder", "auditor", "found"),
    [
        ("", "", []),
        ("I10 | 99213:A", "I10 | 99213:A", []),
        # Another visit of the same family: level by level.
        ("I10 | 99214", "I10 | 99213", [("1", "em", "99214", "99213", "disagree", "over_coded")]),
        ("I10 | 99213", "I10 | 99214", [("1", "em", "99213", "99214", "disagree", "under_coded")]),
        # Another family says nothing about too high or too low.
        ("I10 | 99203", "I10 | 99213", [("1", "em", "99203", "99213", "disagree", "none")]),
        # The same category is one wrong code, another one is two.
        ("E119", "E1142", [("A", "dx", "E119", "E1142", "disagree", "none")]),
        (
            "E119",
            "I10",
            [("A", "dx", "E119", "", "added", "none"), ("B", "dx", "", "I10", "missed", "none")],
        ),
        ("I10", "I10 E785", [("B", "dx", "", "E785", "missed", "none")]),
        ("I10 | 99213-25", "I10 | 99213", [("1", "modifier", "25", "", "added", "none")]),
        ("I10 | 99213", "I10 | 99213-25", [("1", "modifier", "", "25", "missed", "none")]),
        (
            "I10 | J3301 x4",
            "I10 | J3301 x3",
            [("1", "units", "4", "3", "disagree", "over_coded")],
        ),
        (
            "I10 | J3301 x4",
            "I10 | J3301 x10",
            [("1", "units", "4", "10", "disagree", "under_coded")],
        ),
        # Pointers mean diagnoses: the letters may differ.
        ("I10 E785 | 99213:AB", "E785 I10 | 99213:BA", []),
        (
            "I10 E785 | 99213:A",
            "I10 E785 | 99213:B",
            [("1", "pointer", "A", "E785", "disagree", "none")],
        ),
        # A line nobody else has is not judged further.
        ("I10 | 20610-RT:A", "I10", [("1", "procedure", "20610", "", "added", "over_coded")]),
        (
            "I10 | 99213:A",
            "I10 | 99213:A 20610-RT:A",
            [("2", "procedure", "", "20610", "missed", "under_coded")],
        ),
        # The same code twice is paired twice.
        ("I10 | 20610-RT 20610-LT", "I10 | 20610-RT 20610-LT", []),
    ],
)
def test_two_codings_are_compared(
    coder: str, auditor: str, found: list[tuple[str, str, str, str, str, str]]
) -> None:
    assert said(coder, auditor) == found


def test_every_line_of_a_comparison_has_a_verdict() -> None:
    both = "E1142 I10 | 99214-25:AB 20610-RT:B"
    assert [line.verdict for line in compare(chart(both), chart(both))] == ["agree"] * 10


@pytest.mark.parametrize(
    ("kind", "coder", "auditor", "effect"),
    [
        ("procedure", "20610", "20605", "none"),
        ("procedure", "20610", "", "over_coded"),
        ("procedure", "", "20610", "under_coded"),
        ("units", "2", "1.5", "over_coded"),
        ("units", "9", "10", "under_coded"),
        ("dx", "I10", "", "none"),
        ("modifier", "", "25", "none"),
    ],
)
def test_the_effect_follows_from_the_values(
    kind: str, coder: str, auditor: str, effect: str
) -> None:
    assert effect_of(kind, coder, auditor) == effect  # type: ignore[arg-type]  # a kind


@pytest.mark.parametrize(
    ("verdict", "severity", "sent_back"),
    [
        ("", "", False),
        ("agree", "", False),
        ("disagree", "education", False),
        ("disagree", "minor", True),
        ("missed", "major", True),
        ("added", "minor", True),
    ],
)
def test_a_finding_that_only_teaches_sends_nothing_back(
    verdict: str, severity: str, sent_back: bool
) -> None:
    assert changes_claim(verdict, severity) is sent_back


def test_a_seed_orders_charts_for_ever() -> None:
    assert rank_of(7, 12) == "d22e2ce9601dc1bb083ed400f4ab56d1"
    assert rank_of(7, 12) != rank_of(8, 12)
