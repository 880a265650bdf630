"""How visits of the simulated year are coded, rightly and wrongly."""

from decimal import Decimal

from denials.simulation.visits import CodedLine, Coder, Coding, Mistake, VisitKind

ALWAYS = Decimal(1)
RIGHT = Coding(
    ("M17.11", "I10"),
    (CodedLine("99213", ("25",)), CodedLine("20610", ("RT",)), CodedLine("J3301", (), Decimal(4))),
)


def kind(*mistakes: Mistake, **bears: tuple[str, ...]) -> VisitKind:
    return VisitKind("knee", Decimal(1), RIGHT, mistakes, bears, ("M25.561",))


def test_a_coding_is_typed_in_one_line_with_pointers_to_all_diagnoses() -> None:
    assert RIGHT.typed() == "M17.11 I10 99213-25:AB 20610-RT:AB J3301:AB x4"


def test_each_mistake_changes_what_it_names_and_is_found_again() -> None:
    wrong = {
        "no side": Mistake(ALWAYS, leave_out="RT"),
        "other diagnosis": Mistake(ALWAYS, diagnosis=("M17.11", "M25.561")),
        "too many units": Mistake(ALWAYS, units=("J3301", Decimal(8))),
        "a line more": Mistake(ALWAYS, also=CodedLine("36415")),
    }
    typed = {name: mistake.make(RIGHT).typed() for name, mistake in wrong.items()}
    assert typed == {
        "no side": "M17.11 I10 99213-25:AB 20610:AB J3301:AB x4",
        "other diagnosis": "M25.561 I10 99213-25:AB 20610-RT:AB J3301:AB x4",
        "too many units": "M17.11 I10 99213-25:AB 20610-RT:AB J3301:AB x8",
        "a line more": "M17.11 I10 99213-25:AB 20610-RT:AB J3301:AB x4 36415:AB",
    }
    for mistake in wrong.values():
        assert mistake.is_in(mistake.make(RIGHT), RIGHT)
        assert not mistake.is_in(RIGHT, RIGHT)


def test_the_note_bears_the_plain_coding_first_then_modifiers_and_diagnoses() -> None:
    readings = [reading.typed() for reading in kind(**{"20610": ("59",)}).readings()]
    assert readings == [
        "M17.11 I10 99213-25:AB 20610-RT:AB J3301:AB x4",
        "M17.11 I10 99213-25:AB 20610-RT-59:AB J3301:AB x4",
        "M17.11 I10 M25.561 99213-25:ABC 20610-RT:ABC J3301:ABC x4",
        "M17.11 I10 M25.561 99213-25:ABC 20610-RT-59:ABC J3301:ABC x4",
    ]


def test_the_same_seed_codes_the_same_and_another_one_differently() -> None:
    visit = kind(Mistake(Decimal("0.5"), leave_out="RT"))

    def coded(seed: str) -> list[Coding]:
        coder = Coder(seed)
        return [coder.code(visit) for _ in range(60)]

    assert coded("a") == coded("a")
    assert coded("a") != coded("b")


def test_lessons_make_a_mistake_rarer_but_never_end_it() -> None:
    visit = kind(Mistake(ALWAYS, leave_out="RT"), Mistake(ALWAYS, units=("J3301", Decimal(8))))
    coder = Coder("c")
    no_side = Mistake(ALWAYS, leave_out="RT").make(RIGHT)
    for _ in range(200):
        coder.learn(visit, no_side)
    coded = [coder.code(visit) for _ in range(1000)]
    sides = sum(coding.lines[1].modifiers == ("RT",) for coding in coded)
    # 40 of 100 remain of a mistake that was always made; the other one is as it was.
    assert 540 <= sides <= 660
    assert all(coding.lines[2].units == 8 for coding in coded)
