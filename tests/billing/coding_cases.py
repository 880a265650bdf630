"""Claims and facts for the checks on codes: clean ones, and short ways to spoil them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from billing.rules.findings import AnyClaim, ClaimFacts
from billing.rules.scrub_code_sets import SCRUBS
from coding.rules.code_facts import CodeFacts, DiagnosisEntry, PastLine
from payers.rules.edit_tables import (
    NO_TABLES,
    EditTables,
    FeeIndicators,
    PairEdit,
    Table,
    TableRelease,
)
from rcm.x12 import claim_837p as x12
from rcm.x12.claim_837i import InstitutionalClaim, InstitutionalDiagnosis, RevenueLine

TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 2)
STREET = x12.Address("100 Main Street", "Springfield", "IL", "627011234")
BILLING = x12.BillingProvider("North Group", "1234567893", "123456789", "207Q00000X", STREET)
HOLDER = x12.Subscriber(
    x12.Person("Okafor", "Denise"), "1EG4", "P", "MB", date(1958, 3, 14), "F", STREET
)
PAYER = x12.ClaimPayer("Federal", "FSH01")
NPI = "1098765435"
CHECKS = {check.code: check for check in SCRUBS}


def line(code: str, *modifiers: str, **changes: Any) -> x12.ServiceLine:
    """A line of one unit on DAY that points to the first diagnosis."""
    made = x12.ServiceLine(1, code, 100, Decimal(1), (1,), DAY, "L", modifiers)
    return replace(made, **changes)


def claim(*lines: x12.ServiceLine, dx: str = "I10", **changes: Any) -> x12.Claim:
    """A professional claim; `dx` holds its diagnoses, separated by blanks."""
    placed = tuple(replace(line, position=at) for at, line in enumerate(lines, 1))
    made = x12.Claim(
        patient_control_number="NO10001",
        amount_billed=100 * len(lines),
        place_of_service="11",
        frequency="1",
        diagnoses=tuple(dx.split()),
        lines=placed or (line("99213"),),
        billing_provider=BILLING,
        subscriber=HOLDER,
        payer=PAYER,
        rendering_provider=x12.Provider(x12.Person("Lindqvist", "Annika"), NPI),
    )
    return replace(made, **changes)


def of(born: date, sex: str = "F") -> x12.Subscriber:
    return replace(HOLDER, birth_date=born, sex=sex)


def present(code: str, mark: str = "") -> InstitutionalDiagnosis:
    return InstitutionalDiagnosis(code, mark)


def stay(*lines: RevenueLine, dx: str = "I10", **changes: Any) -> InstitutionalClaim:
    """An institutional claim: inpatient unless `type_of_bill` says otherwise."""
    principal, *others = [present(code, "Y") for code in dx.split()]
    made = InstitutionalClaim(
        patient_control_number="NO10002",
        amount_billed=100,
        type_of_bill="111",
        statement_from=DAY,
        statement_to=date(2026, 11, 4),
        lines=lines,
        billing_provider=BILLING,
        subscriber=replace(HOLDER, filing_indicator="MA"),
        payer=PAYER,
        admission_type="1",
        patient_status="01",
        principal_diagnosis=principal,
        other_diagnoses=tuple(others),
    )
    return replace(made, **changes)


def revenue(code: str, *modifiers: str, **changes: Any) -> RevenueLine:
    made = RevenueLine(1, "0300", 100, Decimal(1), "L", code, modifiers, date_of_service=DAY)
    return replace(made, **changes)


def tables(**contents: Any) -> EditTables:
    """Every table loaded, with what is given in it."""
    releases = {table: TableRelease(table, "2026 Q4", date(2026, 10, 1)) for table in Table}
    return EditTables(releases=releases, **contents)


def pair(first: str, second: str, indicator: int, **dates: date | None) -> dict[str, Any]:
    """The argument of `tables` for one NCCI edit."""
    spans = {"starts_on": date(2010, 1, 1), "ends_on": None} | dates
    edit = PairEdit(first, second, modifier_indicator=indicator, **spans)
    return {"pairs": {(first, second): (edit,)}}


def indicators(**codes: Mapping[str, str]) -> dict[str, Any]:
    """indicators(c20610={"global_days": "000"}): the other indicators do not apply."""
    plain = dict.fromkeys(
        ("pc_tc", "multiple", "bilateral", "assistant", "co_surgeon", "team"), "9"
    )
    base = {"status": "A", "global_days": "XXX"} | plain
    return {
        "indicators": {
            name.removeprefix("c"): FeeIndicators(name.removeprefix("c"), **(base | dict(values)))
            for name, values in codes.items()
        }
    }


def entry(label: str = "Some disease", **changes: Any) -> DiagnosisEntry:
    fields = {"label": label, "starts_on": date(2020, 10, 1)} | changes
    return DiagnosisEntry(**fields)


def dx(**entries: DiagnosisEntry) -> dict[str, tuple[DiagnosisEntry, ...]]:
    return {code: (found,) for code, found in entries.items()}


def past(code: str, days_before: int, *modifiers: str, **changes: Any) -> PastLine:
    """A line of ours on claim NO9, some days before DAY, in the same specialty."""
    served_on = date.fromordinal(DAY.toordinal() - days_before)
    made = PastLine("NO9", code, served_on, NPI, "family", modifiers)
    return replace(made, **changes)


def facts(
    found: EditTables | None = None,
    payer: str = "medicare",
    history: tuple[PastLine, ...] | None = (),
    diagnoses: Mapping[str, tuple[DiagnosisEntry, ...]] | None = None,
) -> ClaimFacts:
    """Everything is loaded and known, unless told otherwise."""
    codes = CodeFacts(
        tables=tables() if found is None else found,
        payer_class=payer,
        specialty="family",
        diagnoses=dx(I10=entry()) if diagnoses is None else diagnoses,
        history=history,
    )
    return ClaimFacts(today=TODAY, codes=codes)


NOTHING_KNOWN = ClaimFacts(today=TODAY, codes=CodeFacts(tables=NO_TABLES))


class Case(NamedTuple):
    """One check with a claim that fails it, its message, and one that passes it.

    `known` are the facts of both, unless `known_passing` are those of the passing one.
    """

    code: str
    fails: AnyClaim
    says: str
    passes: AnyClaim
    known: ClaimFacts = facts()
    severity: str = "blocking"
    known_passing: ClaimFacts | None = None


def answer(code: str, judged: AnyClaim, known: ClaimFacts) -> list[tuple[str, str]] | str:
    """(severity, message) of each finding, or why the check cannot be made."""
    check = CHECKS[code]
    if check.missing is not None and (reason := check.missing(known)):
        return reason
    found = [check.finding(hit) for hit in check.look(judged, known)]
    return [(finding.severity, finding.message) for finding in found]


def assert_case(case: Case) -> None:
    """It fails with its one message, and passes."""
    assert answer(case.code, case.fails, case.known) == [(case.severity, case.says)]
    assert answer(case.code, case.passes, case.known_passing or case.known) == []
