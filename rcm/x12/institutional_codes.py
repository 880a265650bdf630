"""HI of an 837I, both ways: thirteen kinds of code in the guide's order (TR3 X223 2300 HI).

Each kind has its own segments of up to twelve codes; a code is a C022 composite of which the parts
after the code say more: a date (D8, RD8), an amount, or whether it was present on admission.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from rcm.x12.claim_837i import (
    DatedCode,
    InstitutionalClaim,
    InstitutionalDiagnosis,
    OccurrenceSpan,
    ValueCode,
)
from rcm.x12.elements import ContentReader, pick
from rcm.x12.values import CENTS, DATES, parse_range_end

CODES_PER_SEGMENT = 12
PRINCIPAL, ADMITTING, REASON, EXTERNAL, DRG, OTHER = "ABK", "ABJ", "APR", "ABN", "DR", "ABF"
PROCEDURE, OTHER_PROCEDURE = "BBR", "BBQ"
SPAN, OCCURRENCE, VALUE, CONDITION, TREATMENT = "BI", "BH", "BE", "BG", "TC"
# How many codes of a kind one claim holds; the order is that of the guide.
LARGEST = {
    PRINCIPAL: 1,
    ADMITTING: 1,
    REASON: 3,
    EXTERNAL: 12,
    DRG: 1,
    OTHER: 24,
    PROCEDURE: 1,
    OTHER_PROCEDURE: 24,
    SPAN: 24,
    OCCURRENCE: 24,
    VALUE: 24,
    CONDITION: 24,
    TREATMENT: 24,
}
NAMES = {
    REASON: "reasons for the visit",
    EXTERNAL: "external causes",
    OTHER: "other diagnoses",
    OTHER_PROCEDURE: "other procedures",
    SPAN: "occurrence spans",
    OCCURRENCE: "occurrences",
    VALUE: "value codes",
    CONDITION: "condition codes",
    TREATMENT: "treatment codes",
}
ADMISSION_ANSWERS = frozenset({"", "Y", "N", "U", "W"})
# ICD-9 and Advanced Billing Concepts: read where they stand, said aloud, never written.
OUTDATED = {
    "BK": PRINCIPAL,
    "BJ": ADMITTING,
    "PR": REASON,
    "BN": EXTERNAL,
    "BF": OTHER,
    "BR": PROCEDURE,
    "CAH": PROCEDURE,
    "BQ": OTHER_PROCEDURE,
}


class CodeText:
    """Composes HI. `clean` makes a code fit for a segment, `days` and `money` write values."""

    def __init__(
        self,
        clean: Callable[[str], str],
        days: Callable[[date], str],
        money: Callable[[int], str],
    ) -> None:
        self.clean, self.days, self.money = clean, days, money

    def compose(self, claim: InstitutionalClaim) -> str:
        """All HI segments. Raises ValueError for more codes of a kind than the guide holds."""
        clean = self.clean
        diagnosed, dated = self.diagnosis, self.dated
        main = claim.principal_procedure
        kinds: tuple[tuple[str, Iterable[str]], ...] = (
            (PRINCIPAL, map(diagnosed, [claim.principal_diagnosis])),
            (ADMITTING, map(clean, filter(None, [claim.admitting_diagnosis]))),
            (REASON, map(clean, claim.patient_reasons)),
            (EXTERNAL, map(diagnosed, claim.external_causes)),
            (DRG, map(clean, filter(None, [claim.drg]))),
            (OTHER, map(diagnosed, claim.other_diagnoses)),
            (PROCEDURE, map(dated, [main] if main else [])),
            (OTHER_PROCEDURE, map(dated, claim.other_procedures)),
            (SPAN, map(self.span, claim.occurrence_spans)),
            (OCCURRENCE, map(dated, claim.occurrences)),
            (VALUE, map(self.value, claim.value_codes)),
            (CONDITION, map(clean, claim.condition_codes)),
            (TREATMENT, map(clean, claim.treatment_codes)),
        )
        return "".join(self.segments(kind, list(codes)) for kind, codes in kinds)

    def segments(self, kind: str, codes: list[str]) -> str:
        if len(codes) > LARGEST[kind]:
            raise ValueError(
                f"An institutional claim has at most {LARGEST[kind]} {NAMES[kind]} (HI*{kind})."
            )
        starts = range(0, len(codes), CODES_PER_SEGMENT)
        cut = [codes[start : start + CODES_PER_SEGMENT] for start in starts]
        return "".join(f"HI*{'*'.join(f'{kind}:{code}' for code in few)}~" for few in cut)

    def diagnosis(self, diagnosis: InstitutionalDiagnosis) -> str:
        code, answer = self.clean(diagnosis.code), diagnosis.present_on_admission
        return f"{code}:::::::{self.clean(answer)}" if answer else code

    def dated(self, dated: DatedCode) -> str:
        return f"{self.clean(dated.code)}:D8:{self.days(dated.on)}"

    def span(self, span: OccurrenceSpan) -> str:
        return f"{self.clean(span.code)}:RD8:{self.days(span.starts_on)}-{self.days(span.ends_on)}"

    def value(self, value: ValueCode) -> str:
        return f"{self.clean(value.code)}:::{self.money(value.amount)}"


class CodesRead:
    """The codes of one claim as they are read, by kind."""

    __slots__ = ("found", "segments")

    def __init__(self) -> None:
        self.found: dict[str, list[Any]] = {}
        self.segments: dict[str, int] = {}

    def take(self, reader: ContentReader, elements: list[str]) -> None:
        """One HI segment; what is wrong with a code is reported at its element."""
        first = ""
        for index, composite in enumerate(elements[1:], 1):
            if not composite:
                continue
            parts = composite.split(reader.component)
            place = f"HI{index:02d}"
            kind = parts[0]
            if kind in OUTDATED:
                reader.warn(
                    "outdated_code_set",
                    f"{place} holds a code of a code set that is not sent any more.",
                    place,
                )
                kind = OUTDATED[kind]
            if kind not in LARGEST:
                reader.warn("unexpected_element", f"{place} holds a code of another kind.", place)
                continue
            if not first:
                first = kind
                self.count_segment(reader, kind)
            elif kind != first:
                message = f"{place} is of another kind than the first code of the segment."
                reader.report("mixed_codes", message, place)
            self.keep(reader, kind, parts, place)

    def count_segment(self, reader: ContentReader, kind: str) -> None:
        """A kind has as many segments as its codes need."""
        self.segments[kind] = self.segments.get(kind, 0) + 1
        if self.segments[kind] > -(-LARGEST[kind] // CODES_PER_SEGMENT):
            reader.report("repeated_segment", f"There are too many segments HI*{kind}.", "HI")

    def keep(self, reader: ContentReader, kind: str, parts: list[str], place: str) -> None:
        codes = self.found.setdefault(kind, [])
        if not pick(parts, 1):
            reader.report("missing_element", f"{place}-2, the code, is missing.", f"{place}-2")
        elif len(codes) == LARGEST[kind]:
            reader.report(
                "too_many_codes", f"There are more than {LARGEST[kind]} codes HI*{kind}.", place
            )
        elif (code := _READERS[kind](reader, parts, place)) is not None:
            codes.append(code)

    def fields(self, reader: ContentReader) -> dict[str, Any]:
        """Fields of InstitutionalClaim; an error when there is no principal diagnosis."""
        found = self.found
        principal = found.get(PRINCIPAL)
        if not principal:
            reader.report("missing_segment", "HI*ABK, the principal diagnosis, is missing.", "HI")
            principal = [InstitutionalDiagnosis("")]
        return {
            "principal_diagnosis": principal[0],
            "admitting_diagnosis": "".join(found.get(ADMITTING, ())),
            "patient_reasons": tuple(found.get(REASON, ())),
            "external_causes": tuple(found.get(EXTERNAL, ())),
            "drg": "".join(found.get(DRG, ())),
            "other_diagnoses": tuple(found.get(OTHER, ())),
            "principal_procedure": next(iter(found.get(PROCEDURE, ())), None),
            "other_procedures": tuple(found.get(OTHER_PROCEDURE, ())),
            "occurrence_spans": tuple(found.get(SPAN, ())),
            "occurrences": tuple(found.get(OCCURRENCE, ())),
            "value_codes": tuple(found.get(VALUE, ())),
            "condition_codes": tuple(found.get(CONDITION, ())),
            "treatment_codes": tuple(found.get(TREATMENT, ())),
        }


def _read_plain(reader: ContentReader, parts: list[str], place: str) -> str:
    return parts[1]


def _read_diagnosis(reader: ContentReader, parts: list[str], place: str) -> InstitutionalDiagnosis:
    answer = pick(parts, 8)
    if answer not in ADMISSION_ANSWERS:
        reader.report("invalid_code", f"{place}-9 is not Y, N, U or W.", f"{place}-9")
    return InstitutionalDiagnosis(parts[1], answer)


def _read_dated(reader: ContentReader, parts: list[str], place: str) -> DatedCode | None:
    on = DATES[pick(parts, 3)]
    if on is None or pick(parts, 2) != "D8":
        reader.report("invalid_date", f"{place}-4 is not a date.", f"{place}-4")
        return None
    return DatedCode(parts[1], on)


def _read_span(reader: ContentReader, parts: list[str], place: str) -> OccurrenceSpan | None:
    text = pick(parts, 3)
    starts_on, ends_on = DATES[text], parse_range_end(text)
    if starts_on is None or ends_on is None or pick(parts, 2) != "RD8":
        reader.report("invalid_date", f"{place}-4 is not a range of dates.", f"{place}-4")
        return None
    return OccurrenceSpan(parts[1], starts_on, ends_on)


def _read_value(reader: ContentReader, parts: list[str], place: str) -> ValueCode | None:
    amount = CENTS[pick(parts, 4)]
    if amount is None:
        reader.report_amount(pick(parts, 4), f"{place}-5")
        return None
    return ValueCode(parts[1], amount)


_READERS: dict[str, Callable[[ContentReader, list[str], str], Any]] = {
    PRINCIPAL: _read_diagnosis,
    ADMITTING: _read_plain,
    REASON: _read_plain,
    EXTERNAL: _read_diagnosis,
    DRG: _read_plain,
    OTHER: _read_diagnosis,
    PROCEDURE: _read_dated,
    OTHER_PROCEDURE: _read_dated,
    SPAN: _read_span,
    OCCURRENCE: _read_dated,
    VALUE: _read_value,
    CONDITION: _read_plain,
    TREATMENT: _read_plain,
}
