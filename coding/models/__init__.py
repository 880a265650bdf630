"""From chart to coded charges."""

from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code, CodeTerm
from coding.models.encounters import Document, Encounter
from coding.models.stays import FacilityStay
from coding.models.suggestions import ChartReading, CodingSuggestion
from coding.models.tasks import CoderTask

__all__ = [
    "Charge",
    "ChartReading",
    "Code",
    "CodeTerm",
    "CoderTask",
    "CodingSuggestion",
    "Document",
    "Encounter",
    "EncounterDiagnosis",
    "FacilityStay",
    "PresentOnAdmission",
]
