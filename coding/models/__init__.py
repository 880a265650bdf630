"""From chart to coded charges."""

from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code
from coding.models.desk import ChartChange, CodeBundle, DocumentRead
from coding.models.encounters import Document, Encounter
from coding.models.stays import FacilityStay
from coding.models.tasks import CoderTask
from coding.models.work import AssignmentRule, SavedView, VisitValue

__all__ = [
    "AssignmentRule",
    "Charge",
    "ChartChange",
    "Code",
    "CodeBundle",
    "CoderTask",
    "Document",
    "DocumentRead",
    "Encounter",
    "EncounterDiagnosis",
    "FacilityStay",
    "PresentOnAdmission",
    "SavedView",
    "VisitValue",
]
