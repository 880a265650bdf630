"""From chart to coded charges."""

from coding.models.audits import AuditChart, AuditLine, CodingAudit
from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code
from coding.models.credentials import Credential, CredentialRequirement
from coding.models.encounters import Document, Encounter
from coding.models.quality import ProductivityWeight, QualitySettings
from coding.models.stays import FacilityStay
from coding.models.tasks import CoderTask

__all__ = [
    "CodingAudit",
    "AuditChart",
    "AuditLine",
    "Charge",
    "Code",
    "CoderTask",
    "Credential",
    "CredentialRequirement",
    "Document",
    "Encounter",
    "EncounterDiagnosis",
    "FacilityStay",
    "PresentOnAdmission",
    "ProductivityWeight",
    "QualitySettings",
]
