"""From chart to coded charges."""

from coding.models.audits import AuditChart, AuditLine, CodingAudit
from coding.models.chart_codes import Charge, EncounterDiagnosis, PresentOnAdmission
from coding.models.codes import Code, CodeTerm, CodeWord
from coding.models.credentials import Credential, CredentialRequirement
from coding.models.desk import ChartChange, CodeBundle, DocumentRead
from coding.models.encounters import Document, DocumentFile, Encounter
from coding.models.intake import ExternalPerson, ExternalVisit, IntakeMessage, IntakeSource
from coding.models.overrides import ChartOverride
from coding.models.quality import ProductivityWeight, QualitySettings
from coding.models.queries import ProviderQuery, QueryKind, QueryPurpose, QueryTemplate
from coding.models.releases import CodeChange, CodeRelease, PcsTableRow
from coding.models.stays import FacilityStay
from coding.models.suggestions import ChartReading, CodingSuggestion
from coding.models.tasks import CoderTask
from coding.models.work import AssignmentRule, SavedView, VisitValue

__all__ = [
    "AssignmentRule",
    "AuditChart",
    "AuditLine",
    "Charge",
    "ChartChange",
    "ChartOverride",
    "ChartReading",
    "Code",
    "CodeBundle",
    "CodeChange",
    "CodeRelease",
    "CodeTerm",
    "CodeWord",
    "CoderTask",
    "CodingAudit",
    "CodingSuggestion",
    "Credential",
    "CredentialRequirement",
    "Document",
    "DocumentFile",
    "DocumentRead",
    "Encounter",
    "EncounterDiagnosis",
    "ExternalPerson",
    "ExternalVisit",
    "FacilityStay",
    "IntakeMessage",
    "IntakeSource",
    "PcsTableRow",
    "PresentOnAdmission",
    "ProductivityWeight",
    "ProviderQuery",
    "QualitySettings",
    "QueryKind",
    "QueryPurpose",
    "QueryTemplate",
    "SavedView",
    "VisitValue",
]
