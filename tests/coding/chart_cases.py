"""Charts of a Medicare patient for the checks on codes, and short ways to spoil them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from coding.rules.code_facts import CodeFacts
from coding.rules.facts import ChartFacts, DiagnosisFacts, Finding, Fix, LineFacts
from payers.rules.authorizations import CodeRange, Rule
from payers.rules.edit_tables import (
    AddOnEdit,
    CoverageRule,
    EditTables,
    UnitLimit,
)
from tests.billing.coding_cases import DAY, NPI, dx, entry, indicators, pair, tables

PLAIN = dx(
    I10=entry(),
    M1711=entry("Osteoarthritis, right knee"),
    M1712=entry("Osteoarthritis, left knee"),
    M170=entry("Bilateral osteoarthritis of knee"),
    E1142=entry(),
    E119=entry(use_additional=("Z794", "Z7984")),
    Z794=entry(),
    Z87891=entry(),
    W1830XA=entry(),
    Z0000=entry(),
    G63=entry("Polyneuropathy in diseases classified elsewhere"),
    D630=entry(code_first=("C00-D49",)),
    C3411=entry(),
    B9620=entry(),
    S8201=entry(is_billable=False, seventh="ADS"),
    M1710=entry(siblings=(("right", "M1711"), ("left", "M1712"))),
    O80=entry(),
    P0700=entry(),
    N400=entry(),
    Z00110=entry(),
)


def line(code: str, *modifiers: str, **changes: Any) -> LineFacts:
    made = LineFacts(1, code, modifiers, pointers=(1,), is_known=True, has_price=True)
    return replace(made, **changes)


def chart(
    *lines: LineFacts,
    codes: str = "I10",
    found: EditTables | None = None,
    history: tuple[Any, ...] = (),
    **changes: Any,
) -> ChartFacts:
    """A visit of an adult woman with Medicare in an office in Illinois; every table is loaded."""
    placed = tuple(replace(each, position=at) for at, each in enumerate(lines, 1))
    listed = tuple(DiagnosisFacts(at, code) for at, code in enumerate(codes.split(), 1))
    known = CodeFacts(
        tables=tables() if found is None else found,
        specialty="family",
        diagnoses=PLAIN,
        history=history,
    )
    fields: dict[str, Any] = {
        "date_of_service": DAY,
        "diagnoses": listed,
        "lines": placed or (line("99213"),),
        "payer_class": "medicare",
        "payer_name": "Federal",
        "birth_date": date(1958, 3, 14),
        "sex": "F",
        "place": "11",
        "state": "IL",
        "provider": NPI,
        "taxonomy": "207Q00000X",
        "codes": known,
    }
    return ChartFacts(**fields | changes)


def of_code(findings: Iterable[Finding], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


class Case(NamedTuple):
    """One check with a chart that fails it, the sentence and the fix, and a chart that passes."""

    code: str
    fails: ChartFacts
    says: str
    fix: Fix | None
    passes: ChartFacts
    severity: str = "blocking"


def limits(code: str, units: int, adjudication: int) -> EditTables:
    return tables(units={code: UnitLimit(code, units, adjudication)})


def coverage(**changes: Any) -> EditTables:
    fields = {
        "document": "A100",
        "title": "Sample",
        "code": "93306",
        "states": frozenset({"IL"}),
        "covered": frozenset({"E1142"}),
        "noncovered": frozenset({"Z87891"}),
        "starts_on": date(2020, 1, 1),
    } | changes
    return tables(coverage={"93306": (CoverageRule(**fields),)})


WARNING = "warning"
NEVER = tables(**pair("20610", "96372", 0))
TWO = tables(**pair("11102", "17000", 1))
ADD_ON = tables(add_ons={"11103": AddOnEdit("11103", 1, frozenset({"11102"}))})
SURGERY = tables(
    **indicators(
        c17110={"global_days": "010"},
        c27447={"global_days": "090"},
        c69220={"global_days": "000"},
        c93000={"bilateral": "0", "pc_tc": "4"},
        c27369={"bilateral": "1", "global_days": "000"},
        c99213={},
    )
)
WANTED = (Rule(CodeRange("97110", "97140"), date(2026, 11, 2), date(2026, 12, 31)),)


def add(mark: str, at: int = 1) -> Fix:
    return Fix("add_modifier", f"Add {mark}", line=at, value=mark)


def drop(mark: str, at: int = 1) -> Fix:
    return Fix("remove_modifier", f"Remove {mark}", line=at, value=mark)


def down(dotted: str) -> Fix:
    return Fix("move_diagnosis", f"Move {dotted} down", diagnosis=1, value="2")
