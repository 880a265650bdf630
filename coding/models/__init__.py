"""From chart to coded charges."""

from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code
from coding.models.encounters import Document, DocumentFile, Encounter
from coding.models.intake import ExternalPerson, ExternalVisit, IntakeMessage, IntakeSource
from coding.models.stays import FacilityStay
from coding.models.tasks import CoderTask

__all__ = [
    "Charge",
    "Code",
    "CoderTask",
    "Document",
    "DocumentFile",
    "Encounter",
    "EncounterDiagnosis",
    "ExternalPerson",
    "ExternalVisit",
    "FacilityStay",
    "IntakeMessage",
    "IntakeSource",
    "PresentOnAdmission",
]
