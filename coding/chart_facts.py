"""From the rows of one encounter to the facts its edits look at, in a handful of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from coding.models import Charge, Code, Document, Encounter, EncounterDiagnosis, FacilityStay
from coding.rules.facts import ChartFacts, DiagnosisFacts, LineFacts
from payers.actions.fee_schedules import fee_rows
from payers.rules.fees import FeeRow, line_price

# New means nobody of the group saw the patient for three years (CMS IOM 100-04 ch. 12 §30.6.7).
NEW_PATIENT_DAYS = 3 * 365
# Pages of the chart a provider must have signed before it can be coded.
SIGNED_KINDS = frozenset(
    {Document.Kind.PROGRESS_NOTE, Document.Kind.PROCEDURE_NOTE, Document.Kind.OPERATIVE}
)
CodeKey = tuple[str, str]


@dataclass(frozen=True)
class ChartRows:
    """What one encounter holds, read once: its rows, the codes they name and their prices."""

    encounter: Encounter
    diagnoses: tuple[EncounterDiagnosis, ...]
    charges: tuple[Charge, ...]
    documents: tuple[Document, ...]
    codes: dict[CodeKey, Code]
    checked: frozenset[str]
    fees: tuple[FeeRow, ...]
    seen_before_on: date | None
    is_facility: bool = False

    def price(self, charge: Charge) -> Decimal | None:
        """Dollars of the whole line: the frozen amount, else the price of the day by units."""
        if charge.is_frozen:
            return charge.amount_billed
        served_on = self.encounter.date_of_service
        told = (charge.price_code, charge.modifiers, charge.units, served_on)
        return line_price(self.fees, *told)


def read_chart(encounter: Encounter) -> ChartRows:
    """All rows of a chart; at most seven queries."""
    diagnoses = tuple(encounter.diagnoses.all())
    # Only lines differ by it, so that it is asked for with them.
    stay = FacilityStay.objects.filter(encounter=OuterRef("encounter"))
    charges = tuple(encounter.charges.annotate(is_of_facility=Exists(stay)))
    procedures = {charge.procedure_code for charge in charges if charge.procedure_code}
    priced = {charge.price_code for charge in charges}
    served_on = encounter.date_of_service
    codes = codes_on(served_on, {d.code for d in diagnoses}, procedures)
    return ChartRows(
        encounter=encounter,
        diagnoses=diagnoses,
        charges=charges,
        documents=tuple(
            encounter.documents.current()
            .select_related("file")
            .defer("file__content")
            .order_by("pk")
        ),
        codes=codes,
        checked=checked_systems(codes, diagnoses, charges),
        fees=tuple(fee_rows(encounter.practice_id, priced, served_on) if priced else ()),
        seen_before_on=last_seen(encounter) if needs_history(procedures) else None,
        is_facility=any(charge.is_of_facility for charge in charges),
    )


def codes_on(on: date, diagnoses: Iterable[str], procedures: Iterable[str]) -> dict[CodeKey, Code]:
    """The codes in force on a day, and for diagnoses every heading above them."""
    above = {code[:length] for code in diagnoses for length in range(3, len(code) + 1)}
    wanted = Q(system=Code.System.ICD10CM, code__in=above)
    wanted |= Q(system=Code.System.PROCEDURE, code__in=set(procedures))
    found = Code.objects.filter(wanted, Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    return {(code.system, code.code): code for code in found.filter(starts_on__lte=on)}


def checked_systems(
    codes: dict[CodeKey, Code],
    diagnoses: Sequence[EncounterDiagnosis],
    charges: Sequence[Charge],
) -> frozenset[str]:
    """The code sets that are loaded at all: an empty table must not read as "not valid"."""
    icd, procedure = Code.System.ICD10CM, Code.System.PROCEDURE
    named = {
        icd: [d.code for d in diagnoses],
        procedure: [c.procedure_code for c in charges if c.procedure_code],
    }
    return frozenset(
        system
        for system, used in named.items()
        if all((system, code) in codes for code in used)
        or Code.objects.filter(system=system).exists()
    )


def needs_history(procedures: Iterable[str]) -> bool:
    return any("99202" <= code <= "99205" for code in procedures)


def last_seen(encounter: Encounter) -> date | None:
    """The patient's last earlier visit in this practice and specialty within three years."""
    served_on = encounter.date_of_service
    return (
        Encounter.objects.filter(
            practice_id=encounter.practice_id,
            patient_id=encounter.patient_id,
            specialty=encounter.specialty,
            date_of_service__lt=served_on,
            date_of_service__gte=served_on - timedelta(days=NEW_PATIENT_DAYS),
        )
        .order_by("-date_of_service")
        .values_list("date_of_service", flat=True)
        .first()
    )


def facts_of(rows: ChartRows) -> ChartFacts:
    """The frozen picture coding.rules.edits.check looks at."""
    coverage = rows.encounter.coverage
    needing = [d for d in rows.documents if d.kind in SIGNED_KINDS]
    return ChartFacts(
        date_of_service=rows.encounter.date_of_service,
        diagnoses=tuple(diagnosis_facts(rows, diagnosis) for diagnosis in rows.diagnoses),
        lines=tuple(line_facts(rows, charge) for charge in rows.charges),
        is_note_signed=all(document.signed_by for document in needing),
        payer_class=coverage.payer.payer_class if coverage else "",
        seen_before_on=rows.seen_before_on,
        is_facility=rows.is_facility,
    )


def chart_facts(encounter: Encounter) -> ChartFacts:
    """The facts of an encounter, read from the database."""
    return facts_of(read_chart(encounter))


def diagnosis_facts(rows: ChartRows, diagnosis: EncounterDiagnosis) -> DiagnosisFacts:
    code = diagnosis.code
    found = rows.codes.get((Code.System.ICD10CM, code))
    is_checked = Code.System.ICD10CM in rows.checked
    notes: dict[str, Any] = found.notes if found else {}
    return DiagnosisFacts(
        position=diagnosis.position,
        code=code,
        label=diagnosis.label,
        is_known=(found is not None) if is_checked else None,
        is_billable=found.is_billable if found and is_checked else None,
        seventh="".join(notes.get("seventh", ())),
        siblings=tuple((side, sibling) for side, sibling in notes.get("siblings", ())),
        excludes1=tuple(excludes_of(rows.codes, code)),
    )


def excludes_of(codes: dict[CodeKey, Code], code: str) -> Iterable[str]:
    """Excludes1 references of the code and of every heading above it."""
    for length in range(3, len(code) + 1):
        if above := codes.get((Code.System.ICD10CM, code[:length])):
            yield from above.notes.get("excludes1_codes", ())


def line_facts(rows: ChartRows, charge: Charge) -> LineFacts:
    system = Code.System.PROCEDURE
    is_known = (system, charge.procedure_code) in rows.codes
    return LineFacts(
        position=charge.position,
        procedure_code=charge.procedure_code,
        modifiers=tuple(charge.modifiers),
        units=charge.units,
        pointers=tuple(charge.pointers),
        is_known=is_known if system in rows.checked and charge.procedure_code else None,
        has_price=rows.price(charge) is not None,
        revenue_code=charge.revenue_code,
    )
