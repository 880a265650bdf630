"""From chart to coded charges."""

from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code, CodeTerm, CodeWord
from coding.models.encounters import Document, Encounter
from coding.models.releases import CodeChange, CodeRelease, PcsTableRow
from coding.models.stays import FacilityStay
from coding.models.suggestions import ChartReading, CodingSuggestion
from coding.models.tasks import CoderTask

__all__ = [
    "Charge",
    "ChartReading",
    "Code",
    "CodeChange",
    "CodeRelease",
    "CodeTerm",
    "CodeWord",
    "CoderTask",
    "CodingSuggestion",
    "Document",
    "Encounter",
    "EncounterDiagnosis",
    "FacilityStay",
    "PcsTableRow",
    "PresentOnAdmission",
]
