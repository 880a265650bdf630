"""What a practice knows besides the claim: small edit tables, a code set, a payer, a history.

The tables are as small as the invented claims need; codes are numbers, labels our own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.rules.findings import AnyClaim, AuthorizationFacts, ClaimFacts, EligibilityFacts
from coding.rules.code_facts import CodeFacts, DiagnosisEntry, PastLine
from payers.rules.edit_tables import (
    AddOnEdit,
    CoverageRule,
    EditTables,
    FeeIndicators,
    PairEdit,
    Table,
    TableRelease,
    UnitLimit,
)

SINCE = date(2015, 10, 1)
SPECIALTY = "family"
INJURY = "ABCDEFGHJKMNPQRS"
EPISODES = "ADS"
MODIFIERS = (
    *("AA", "AS", "AT", "GA", "GO", "GP", "GZ", "JW", "JZ"),
    *("LT", "QW", "QZ", "RT", "TC", "XE", "XS", "XU"),
)
AUTHORIZED = frozenset({"27447"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A claim with everything known about it."""

    claim: AnyClaim
    facts: ClaimFacts


def _pair(first: str, second: str, indicator: int) -> dict[tuple[str, str], tuple[PairEdit, ...]]:
    return {(first, second): (PairEdit(first, second, SINCE, None, indicator),)}


def _fee(code: str, days: str, **changes: str) -> FeeIndicators:
    base = {"status": "A", "pc_tc": "0", "multiple": "0", "bilateral": "0", "assistant": "1"}
    fields = base | {"co_surgeon": "0", "team": "0"} | changes
    return FeeIndicators(code=code, global_days=days, **fields)


FEES = {
    fee.code: fee
    for fee in (
        *(_fee(code, "XXX") for code in ("99203", "99213", "99214", "99283", "93000", "97110")),
        *(_fee(code, "XXX") for code in ("97140", "97530", "90471", "90472", "99396")),
        _fee("17000", "010"),
        _fee("17003", "ZZZ"),
        _fee("20610", "000", bilateral="1"),
        _fee("27447", "090", bilateral="1", assistant="2"),
        _fee("71046", "XXX", pc_tc="1"),
        _fee("77067", "XXX", pc_tc="1"),
        _fee("98941", "000"),
    )
}
TABLES = EditTables(
    releases={each: TableRelease(each, "2026", date(2026, 1, 1)) for each in Table},
    pairs={
        **_pair("80053", "80048", 0),
        **_pair("97140", "97530", 1),
        **_pair("20610", "J2001", 1),
    },
    units={
        limit.code: limit
        for limit in (
            UnitLimit("97140", 6, 1),
            UnitLimit("80053", 1, 3),
            UnitLimit("17003", 13, 2),
            UnitLimit("20610", 2, 2),
            UnitLimit("93000", 3, 3),
            UnitLimit("27447", 1, 2),
        )
    },
    add_ons={
        "17003": AddOnEdit("17003", 1, frozenset({"17000"})),
        "90472": AddOnEdit("90472", 1, frozenset({"90471", "90473"})),
    },
    indicators=FEES,
    coverage={
        "83036": (
            CoverageRule(
                "A00001",
                "Glycated hemoglobin",
                "83036",
                frozenset({"IL"}),
                frozenset({"E1142", "E119"}),
                frozenset({"Z7689"}),
                SINCE,
            ),
        )
    },
    hcpcs={
        "J3301": (SINCE, None),
        "J1100": (SINCE, None),
        "J0970": (SINCE, date(2025, 12, 31)),
        "A0429": (SINCE, None),
        "A0425": (SINCE, None),
        **dict.fromkeys(MODIFIERS, (SINCE, None)),
    },
)


def _entries() -> dict[str, tuple[DiagnosisEntry, ...]]:
    plain = (
        *("I10", "E119", "E1142", "L570", "J189", "R0602", "R079", "Z1231", "M9903", "M545"),
        *("M25561", "Z23", "Z0000", "Z7689", "R51", "K8020", "O0990", "P599", "S52501A", "V4352XA"),
    )
    found = {code: DiagnosisEntry(f"Code {code}", SINCE) for code in plain}
    found |= {
        "M1711": DiagnosisEntry("Worn joint, right knee", SINCE),
        "M1712": DiagnosisEntry("Worn joint, left knee", SINCE),
        "M1710": DiagnosisEntry(
            "Worn joint, some knee", SINCE, siblings=(("right", "M1711"), ("left", "M1712"))
        ),
        "E10": DiagnosisEntry("Heading", SINCE, is_billable=False),
        "E11": DiagnosisEntry("Heading", SINCE, is_billable=False, excludes1=("E10",)),
        "E109": DiagnosisEntry("Other kind", SINCE),
        "S52501": DiagnosisEntry("Broken", SINCE, is_billable=False, seventh=INJURY),
        "V4352X": DiagnosisEntry("Crash", SINCE, is_billable=False, seventh=EPISODES),
        "F0280": DiagnosisEntry("Something in diseases classified elsewhere", SINCE),
        "R5100": DiagnosisEntry("Retired", SINCE, date(2025, 9, 30)),
    }
    return {code: (entry,) for code, entry in found.items()}


DIAGNOSES = _entries()
CLASS_OF = {"MA": "medicare", "MB": "medicare", "MC": "medicaid", "CI": "commercial", "BL": "blue"}
PATTERNS = {"MB": r"[0-9A-Z]{11}", "MA": r"[0-9A-Z]{11}", "MC": r"\d{9}"}


def facts_of(claim: AnyClaim, today: date) -> ClaimFacts:
    """Everything is known and nothing is against the claim."""
    kind = claim.subscriber.filing_indicator
    person = claim.subscriber.person
    codes = CodeFacts(
        tables=TABLES,
        payer_class=CLASS_OF[kind],
        specialty=SPECIALTY,
        diagnoses=DIAGNOSES,
        history=(),
    )
    needed = AUTHORIZED & {line.procedure_code for line in claim.lines}
    return ClaimFacts(
        today=today,
        coverage_starts_on=date(2025, 1, 1),
        coverage_ends_on=date(2026, 12, 31),
        payer_name=claim.payer.name,
        member_id_pattern=PATTERNS.get(kind, r"UC\d{8}"),
        timely_filing_days=365 if kind in ("MA", "MB") else 180,
        corrected_claim_days=365,
        takes_replacement_claims=kind != "MB",
        eligibility=EligibilityFacts(
            today, True, person, claim.subscriber.birth_date, claim.subscriber.member_id
        ),
        authorization=AuthorizationFacts(
            needed=needed,
            number=claim.authorization_number,
            starts_on=date(2026, 1, 1) if needed else None,
            ends_on=date(2026, 12, 31) if needed else None,
            procedure_codes=needed,
            units_left=Decimal(2) if needed else None,
        ),
        codes=codes,
    )


def with_codes(sample: Sample, **changes: object) -> Sample:
    """The same claim with other facts about its codes."""
    codes = replace(sample.facts.codes, **changes)  # type: ignore[arg-type]  # by name
    return replace(sample, facts=replace(sample.facts, codes=codes))


def with_history(sample: Sample, lines: Iterable[PastLine]) -> Sample:
    return with_codes(sample, history=tuple(lines))
