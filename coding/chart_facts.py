"""From the rows of one encounter to the facts its edits look at, in a handful of queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.module_loading import import_string

from coding.chart_history import read_history
from coding.code_lookup import Asked, Entries, entries_of, read_tables, with_headings, with_release
from coding.models import (
    Charge,
    ChartOverride,
    Code,
    Document,
    Encounter,
    EncounterDiagnosis,
    ExternalVisit,
    FacilityStay,
)
from coding.rules.chart_view import view_of
from coding.rules.code_facts import CodeFacts
from coding.rules.facts import ChartFacts, DiagnosisFacts, Finding, LineFacts, Override
from payers.actions.fee_schedules import fee_rows
from payers.models import AuthorizationRule
from payers.rules.authorizations import CodeRange, Rule
from payers.rules.fees import FeeRow, line_price
from rcm.x12.claim_837i import INPATIENT_BILLS

# Pages of the chart a provider must have signed before it can be coded.
SIGNED_KINDS = frozenset(
    {Document.Kind.PROGRESS_NOTE, Document.Kind.PROCEDURE_NOTE, Document.Kind.OPERATIVE}
)
CodeKey = tuple[str, str]
ICD, PROCEDURE = Code.System.ICD10CM, Code.System.PROCEDURE


@dataclass(frozen=True)
class ChartRows:
    """What one encounter holds, read once: its rows, the codes they name and their prices.

    `facts` is the frozen picture coding.rules.edits.check looks at.
    """

    encounter: Encounter
    diagnoses: tuple[EncounterDiagnosis, ...]
    charges: tuple[Charge, ...]
    documents: tuple[Document, ...]
    fees: tuple[FeeRow, ...]
    facts: ChartFacts

    def price(self, charge: Charge) -> Decimal | None:
        """Dollars of the whole line: the frozen amount, else the price of the day by units."""
        return price_of(self.encounter, self.fees, charge)


def price_of(encounter: Encounter, fees: Sequence[FeeRow], charge: Charge) -> Decimal | None:
    if charge.is_frozen:
        return charge.amount_billed
    told = (charge.price_code, charge.modifiers, charge.units, encounter.date_of_service)
    return line_price(fees, *told)


def read_chart(encounter: Encounter) -> ChartRows:
    """All rows of a chart: at most ten queries, and those of the edit tables not asked before."""
    diagnoses = tuple(encounter.diagnoses.all())
    # Only lines differ by it, so that it is asked for with them.
    stay = FacilityStay.objects.filter(encounter=OuterRef("encounter"))
    # Asked with the rows there are, after the chart is locked: the message may have just come.
    gone = Exists(ExternalVisit.objects.filter(encounter=OuterRef("encounter"), is_cancelled=True))
    charges = tuple(encounter.charges.annotate(is_of_facility=Exists(stay), is_of_cancelled=gone))
    documents = tuple(
        encounter.documents.current()
        .annotate(is_of_cancelled=gone)
        .select_related("file")
        .defer("file__content")
        .order_by("pk")
    )
    procedures = {charge.procedure_code for charge in charges if charge.procedure_code}
    codes = read_codes({row.code for row in diagnoses}, procedures)
    fees = read_fees(encounter, charges)
    plain = plain_facts(encounter, diagnoses, charges, documents)
    valid = valid_procedures(encounter.date_of_service, procedures, codes)
    plain = replace(plain, lines=tuple(line_facts(encounter, row, fees, valid) for row in charges))
    facts = replace(
        plain,
        codes=code_facts(encounter, plain, codes),
        overrides=standing_overrides(encounter),
        authorization_rules=authorization_rules(encounter) if procedures else (),
    )
    rows = ChartRows(encounter, diagnoses, charges, documents, fees, facts)
    return replace(rows, facts=replace(facts, practice_findings=practice_findings(rows)))


def practice_findings(rows: ChartRows) -> tuple[Finding, ...]:
    """What the claim rules of the practice say of the claim this chart would become.

    Claims are made above this app: settings.CHART_RULES names who knows their rules.
    """
    found: tuple[Finding, ...] = import_string(settings.CHART_RULES)(rows)
    return found


def read_codes(diagnoses: Iterable[str], procedures: Iterable[str]) -> list[Code]:
    """The codes whenever they are valid, and of diagnoses every heading above; oldest first."""
    above = with_headings(diagnoses)
    wanted = Q(system=ICD, code__in=above) | Q(system=PROCEDURE, code__in=set(procedures))
    return list(Code.objects.filter(wanted).order_by("code", "starts_on"))


def codes_on(on: date, diagnoses: Iterable[str], procedures: Iterable[str]) -> dict[CodeKey, Code]:
    """The codes in force on a day, and for diagnoses every heading above them."""
    found = read_codes(diagnoses, procedures)
    return {(code.system, code.code): code for code in found if code.is_in_force(on)}


def read_fees(encounter: Encounter, charges: Sequence[Charge]) -> tuple[FeeRow, ...]:
    priced = {charge.price_code for charge in charges}
    found = fee_rows(encounter.practice_id, priced, encounter.date_of_service) if priced else ()
    return tuple(found)


def plain_facts(
    encounter: Encounter,
    diagnoses: Sequence[EncounterDiagnosis],
    charges: Sequence[Charge],
    documents: Sequence[Document],
) -> ChartFacts:
    """What the chart's own rows say, without lines, code set and tables."""
    coverage, patient = encounter.coverage, encounter.patient
    needing = [document for document in documents if document.kind in SIGNED_KINDS]
    is_facility = any(charge.is_of_facility for charge in charges)  # type: ignore[attr-defined]  # annotated
    stay = encounter.stay if is_facility else None
    is_inpatient = stay is not None and stay.type_of_bill[:2] in INPATIENT_BILLS
    practice, location = encounter.practice, encounter.location
    # Inpatient codes are those of the discharge (CMS IOM 100-04 ch. 23 §10.2).
    judged_on = (stay.statement_to if is_inpatient else stay.statement_from) if stay else None
    return ChartFacts(
        date_of_service=encounter.date_of_service,
        diagnoses=tuple(DiagnosisFacts(row.position, row.code, row.label) for row in diagnoses),
        is_note_signed=all(document.signed_by for document in needing),
        is_cancelled=any(row.is_of_cancelled for row in (*charges, *documents)),  # type: ignore[attr-defined]  # annotated
        payer_class=coverage.payer.payer_class if coverage else "",
        payer_name=coverage.payer.short_name if coverage else "The payer",
        is_facility=is_facility,
        is_inpatient=is_inpatient,
        diagnosis_day=judged_on,
        statement_from=stay.statement_from if stay else None,
        birth_date=patient.birth_date,
        sex=patient.sex,
        place=location.place_of_service,
        state=location.state or practice.state,
        provider=practice.npi if is_facility else encounter.provider.npi,
        taxonomy=practice.taxonomy_code,
        authorization_number=encounter.authorization_number,
    )


def line_facts(
    encounter: Encounter, charge: Charge, fees: Sequence[FeeRow], valid: frozenset[str] | None
) -> LineFacts:
    code = charge.procedure_code
    return LineFacts(
        position=charge.position,
        procedure_code=code,
        modifiers=tuple(charge.modifiers),
        units=charge.units,
        pointers=tuple(charge.pointers),
        is_known=code in valid if code and valid is not None else None,
        has_price=price_of(encounter, fees, charge) is not None,
        revenue_code=charge.revenue_code,
        drug_code=charge.drug_code,
    )


def valid_procedures(
    on: date, asked: Collection[str], codes: Iterable[Code]
) -> frozenset[str] | None:
    """Those in force; None when no set is loaded: an empty one must not read as "not valid"."""
    found = {code.code for code in codes if code.system == PROCEDURE and code.is_in_force(on)}
    if found.issuperset(asked) or Code.objects.filter(system=PROCEDURE).exists():
        return frozenset(found)
    return None


def code_facts(encounter: Encounter, chart: ChartFacts, codes: Sequence[Code]) -> CodeFacts:
    """What code set, edit tables and the patient's other visits say; the tables in few statements.

    Rows of the tables that were asked before cost none (payers.table_cache).
    """
    view = view_of(chart)
    entries = entries_of(
        (row.code, row.label, row.starts_on, row.ends_on, row.is_billable, row.notes)
        for row in codes
        if row.system == ICD
    )
    # A chart without a diagnosis need not ask whether a release is loaded.
    known: Entries | None = with_release([view], entries)[0] if view.diagnoses else entries
    history = read_history(encounter, view) if view.lines else ()
    [tables] = read_tables([Asked(view, history, payer_class=chart.payer_class)])
    return CodeFacts(
        tables=tables,
        payer_class=chart.payer_class,
        specialty=encounter.specialty,
        diagnoses=known,
        history=history,
    )


def standing_overrides(encounter: Encounter) -> dict[str, Override]:
    """The decisions in force, by the subject of their finding."""
    rows = ChartOverride.objects.filter(encounter=encounter, withdrawn_at__isnull=True)
    return {
        row.subject: Override(row.reason, str(row.created_by), row.created_at.date())
        for row in rows.select_related("created_by")
    }


def authorization_rules(encounter: Encounter) -> tuple[Rule, ...]:
    """What the payer wants authorized; a visit that names an authorization is judged in billing."""
    coverage = encounter.coverage
    if coverage is None or encounter.authorization_number:
        return ()
    rows = AuthorizationRule.objects.filter(
        practice_id=encounter.practice_id, payer_id=coverage.payer_id
    )
    return tuple(
        Rule(CodeRange(row.first_code, row.last_code), row.starts_on, row.ends_on) for row in rows
    )


def chart_facts(encounter: Encounter) -> ChartFacts:
    """The facts of an encounter, read from the database."""
    return read_chart(encounter).facts
