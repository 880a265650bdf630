"""A chart in the shape the checks on codes look at, as the claim drafted from it would be."""

from coding.rules.code_kinds import kind_of
from coding.rules.code_lists import ROOM_REVENUE
from coding.rules.coded_claim import CodedClaim, CodedLine
from coding.rules.facts import ChartFacts, LineFacts
from rcm.x12.claim_837 import Drug

UNITS = "UN"


def view_of(chart: ChartFacts) -> CodedClaim:
    """The codes of a chart; lines without a procedure have none."""
    diagnoses = tuple(diagnosis.code for diagnosis in chart.diagnoses)
    lines = tuple(_line(chart, line, diagnoses) for line in chart.lines if line.procedure_code)
    return CodedClaim(
        is_institutional=chart.is_facility,
        is_inpatient=chart.is_inpatient,
        diagnoses=diagnoses,
        every_diagnosis=tuple(dict.fromkeys(diagnoses)),
        diagnosis_days=(chart.diagnosis_day or chart.date_of_service,),
        starts_on=chart.statement_from or chart.date_of_service,
        lines=lines,
        codes=frozenset([line.code for line in lines]),
        kinds=frozenset([line.kind for line in lines]),
        marks=frozenset([mark for line in lines for mark in line.modifiers]),
        birth_date=chart.birth_date,
        sex=chart.sex,
        filing_indicator="",
        state=chart.state,
        taxonomy=chart.taxonomy,
        element="",
    )


def _line(chart: ChartFacts, line: LineFacts, diagnoses: tuple[str, ...]) -> CodedLine:
    code_at = {diagnosis.position: diagnosis.code for diagnosis in chart.diagnoses}
    pointed = tuple([code_at[pointer] for pointer in line.pointers if pointer in code_at])
    is_undated = chart.is_facility and line.revenue_code.startswith(ROOM_REVENUE)
    served_on = chart.statement_from if is_undated else None
    served_on = served_on or chart.date_of_service
    return CodedLine(
        position=line.position,
        code=line.procedure_code,
        kind=kind_of(line.procedure_code),
        modifiers=line.modifiers,
        marks=frozenset(line.modifiers),
        units=line.units,
        unit_code=UNITS,
        starts_on=served_on,
        ends_on=served_on,
        diagnoses=diagnoses if chart.is_facility else pointed,
        provider=chart.provider,
        place="" if chart.is_facility else chart.place,
        drug=Drug(line.drug_code, line.units, UNITS) if line.drug_code else None,
        clia_number="",
        source=line,
    )
