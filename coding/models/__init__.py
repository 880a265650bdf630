"""From chart to coded charges."""

from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code
from coding.models.encounters import Document, Encounter
from coding.models.overrides import ChartOverride
from coding.models.stays import FacilityStay
from coding.models.tasks import CoderTask

__all__ = [
    "Charge",
    "ChartOverride",
    "Code",
    "CoderTask",
    "Document",
    "Encounter",
    "EncounterDiagnosis",
    "FacilityStay",
    "PresentOnAdmission",
]
