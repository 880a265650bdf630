"""Merge fields of letters: filled, marked, refused; the template that fits best."""

import pytest

from denials.rules import appeal_letters as letters
from denials.rules.appeal_letters import FIELDS, TemplateKey
from denials.rules.appeals import KINDS

FACTS = {name: f"<{name}>" for name in FIELDS}


def test_fields_become_their_facts() -> None:
    filled = letters.fill("Claim {claim_number} of {patient_name}.", FACTS)
    assert filled == ("Claim <claim_number> of <patient_name>.", ())


def test_a_field_without_a_fact_is_marked_and_listed_once() -> None:
    filled = letters.fill("{member_id}, {member_id}; {amount}", FACTS | {"member_id": "  "})
    assert filled == ("[Member id: missing], [Member id: missing]; <amount>", ("member_id",))


def test_a_fact_that_looks_like_a_field_stays_what_it_is() -> None:
    assert letters.fill("{policy}", FACTS | {"policy": "{amount} *bold* #let"}).text == (
        "{amount} *bold* #let"
    )


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        ("{claim_number} {claimnumber}", ["claimnumber"]),
        ("{Amount}", ["Amount"]),
        ("a set {1, 2} and { amount }", []),
        ("{amount}", []),
    ],
)
def test_names_in_braces_that_are_no_field(body: str, unknown: list[str]) -> None:
    assert letters.unknown_fields(body) == unknown


def test_a_new_letter_leaves_out_what_nothing_is_known_of() -> None:
    body = "Dear {payer}.\n\nOur coder: {coder_reasoning}\n\nMember {member_id}."
    empty = FACTS | {"coder_reasoning": "", "member_id": ""}
    assert letters.begin(body, empty) == "Dear {payer}.\n\nMember {member_id}."
    assert letters.begin(body, FACTS) == body


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_letters_name_known_fields_and_fill_whole(kind: str) -> None:
    body = letters.built_in(kind)
    assert letters.unknown_fields(body) == []
    assert letters.fill(body, FACTS).missing == ()


def key(number: int, **changes: object) -> TemplateKey:
    fields = {"payer_id": None, "payer_class": "", "category": "", "level": None}
    return TemplateKey(number, **fields | changes)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("templates", "best"),
    [
        ([], None),
        ([key(1), key(2, category="coding")], 2),
        ([key(1, payer_id=7), key(2, category="coding", level=1)], 1),
        ([key(1, payer_class="commercial"), key(2, category="coding")], 1),
        ([key(1, category="coding"), key(2, level=1)], 1),
        ([key(1, payer_id=8), key(2, level=2), key(3, payer_class="medicare")], None),
    ],
)
def test_the_template_that_fits_best(templates: list[TemplateKey], best: int | None) -> None:
    found = letters.best_template(
        templates, payer_id=7, payer_class="commercial", category="coding", level=1
    )
    assert (found.id if found else None) == best
