"""Two thousand damaged 835s: no crash, no unbalanced file posted, every refusal has a place.

`bin/fuzz 835 --count N --seed S` runs the same for any seed.
"""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from billing import fuzz_remittances as fuzz
from billing.models import InterchangeFile, Posting, Remittance
from rcm.fuzz.mutators import MUTATORS
from rcm.fuzz.oracle import Payment, payments
from rcm.fuzz.wire import zipped_much, zipped_twice
from rcm.models import Practice
from rcm.x12.remittance_835 import RemittanceEnd
from rcm.x12.remittance_balance import Balance
from tests.x12.build import corpus

FILES = 500


@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_damaged_files_never_crash_never_post_unbalanced_and_are_refused_with_a_place(
    db: None, seed: int
) -> None:
    report = fuzz.run(FILES, seed)
    assert report.finds == []
    assert report.without_effect == []
    assert report.is_clean
    assert report.files == FILES
    assert report.unbalanced > FILES // 10
    # Nothing of it stays.
    assert not Remittance.objects.exists()
    assert not InterchangeFile.objects.exists()
    assert not Posting.objects.exclude(source="revenue").exists()


Ground = tuple[Practice, list[fuzz.Owed]]


@pytest.fixture
def ground(db: None) -> Ground:
    """The practice that is paid, and its claims."""
    return fuzz.seed_claims()


def some(ground: Ground, name: str, files: int, seed: int = 5) -> fuzz.Report:
    """A run over the files of one mutator only."""
    report = fuzz.Report(seed)
    practice, owed = ground
    index = list(MUTATORS).index(name)
    for number in range(files):
        place = index + number * len(MUTATORS)
        fuzz.run_case(report, practice, owed, place)
    return report


def test_a_reader_that_forgets_plb_is_caught(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = Balance.finish

    def forget(self: Balance, *content: Any) -> RemittanceEnd:
        self.adjusted = 0
        return finish(self, *content)

    assert some(ground, "add_provider_adjustment", 6).is_clean
    monkeypatch.setattr(Balance, "finish", forget)
    report = some(ground, "add_provider_adjustment", 6)
    assert report.unbalanced_posted > 0
    assert not report.is_clean
    assert " posted; the oracle has " in report.finds[0]


def test_a_reader_that_forgets_the_adjustments_of_a_line_is_caught(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    miss = Balance.miss

    def forget(self: Balance, level: str, *place: Any) -> None:
        if level == "transaction":
            miss(self, level, *place)

    monkeypatch.setattr(Balance, "miss", forget)
    report = some(ground, "two_amounts", 12)
    assert report.unbalanced_posted > 0


def test_a_reader_that_holds_everything_is_caught(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Balance, "start", lambda self, start: setattr(self, "stated", start.amount_paid + 1)
    )
    report = some(ground, "untouched", 2)
    assert report.wrong == 2
    assert report.finds[0].endswith("a good file did not post")


def test_an_exception_is_a_find(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*content: Any) -> None:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr(Balance, "finish", break_off)
    report = some(ground, "untouched", 1)
    assert (report.exceptions, report.is_clean) == (1, False)
    assert report.finds == ["5:0 untouched: ZeroDivisionError: broken"]


def test_a_refusal_without_a_place_is_a_find(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = fuzz.FileProblem.objects.bulk_create

    def forget(rows: list[Any], **options: Any) -> Any:
        for row in rows:
            row.byte_offset = None
        return create(rows, **options)

    monkeypatch.setattr(fuzz.FileProblem.objects, "bulk_create", forget)
    report = some(ground, "utf16", 1)
    assert report.unlocated == 1


def test_a_mutator_that_does_nothing_is_told() -> None:
    report = fuzz.Report(1)
    report.tallies["utf16"].files = 3
    assert report.without_effect == ["utf16"]
    assert not report.is_clean
    rows = list(fuzz.table(report))
    assert rows[0].split() == ["mutator", "files", "changed", *fuzz.OUTCOMES]
    assert len(rows) == 1 + len(MUTATORS) + len(report.figures())


def test_the_same_seed_and_number_give_the_same_file() -> None:
    owed = [fuzz.Owed(f"C{n}", (fuzz.OwedLine("L", "99213", (), 10_000),)) for n in range(9)]
    for index in range(len(MUTATORS)):
        if list(MUTATORS)[index].startswith("zipped"):
            continue  # a zip holds the time it was made
        assert fuzz.make_case(3, index, owed) == fuzz.make_case(3, index, owed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paid_line", [True]),
        ("line_out_by_a_cent", [False]),
        ("claim_out_by_a_cent", [False]),
        ("transaction_out_by_a_cent", [False]),
        ("charges_of_lines_do_not_add_up", [False]),
        ("provider_adjustments", [True]),
        ("wrapped_at_80_columns", [True]),
        ("two_interchanges_two_sets_of_separators", [True, True]),
        ("amounts_that_are_none", [False]),
        ("not_x12", []),
    ],
)
def test_the_oracle_knows_what_adds_up(name: str, expected: list[bool]) -> None:
    assert [each.is_balanced for each in payments(corpus(name))] == expected


def change(content: bytes, old: bytes, new: bytes) -> Payment:
    assert old in content
    (payment,) = payments(content.replace(old, new))
    return payment


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"BPR*I*100*", b"BPR*I*100.01*"),
        (b"*150*100*20*", b"*150*99.99*20*"),
        (b"*150*100**1", b"*150.01*100**1"),
        (b"CAS*CO*45*30", b"CAS*CO*45*30.01"),
        (b"CAS*CO*45*30", b"CAS*CO*45*30.000"),
        (b"SE*19", b"PLB*1*20261231*WO*0.01~SE*19"),
        (b"SE*19", b"PLB*1*20261231*WO:1~SE*19"),
    ],
)
def test_the_oracle_sees_a_cent(old: bytes, new: bytes) -> None:
    assert not change(corpus("paid_line"), old, new).is_balanced


def test_parts_are_put_together() -> None:
    (first,) = payments(corpus("paid_line"))
    both = fuzz.merged([first, first])
    assert (both.trace, both.paid, len(both.claims)) == ("T1", Decimal(100), 2)
    assert not both.is_balanced


def test_a_zip_in_a_zip_is_opened() -> None:
    random = Random(4)
    content = corpus("paid_line")
    assert content in fuzz.unwrapped(zipped_twice(random, content))
    assert len(fuzz.unwrapped(zipped_much(random, content))[0]) > 5_000_000
    assert fuzz.unwrapped(content) == [content]
