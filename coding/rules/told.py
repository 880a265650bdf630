"""What a message says of a patient, a visit and its documents, in whatever format it came.

Readers (hl7_messages, fhir) make these; coding.actions.applying acts on them. None means the
message does not speak of it; an empty text means it says there is none.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


class Unusable(Exception):
    """Why a message cannot be acted on: `place` is ``PID-3.1`` or ``entry[2].resource.birthDate``.

    `code` is for programs, `message` for people, `advice` says what to do about it.
    """

    def __init__(self, code: str, message: str, *, place: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place
        self.advice = advice


class Waits(Unusable):
    """What the message is about is not there yet; it is tried again by itself when that comes."""


@dataclass(frozen=True, slots=True)
class PersonTold:
    """A patient by the practice's chart number (PID-3). Texts as long as they came."""

    mrn: str
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    address_line_1: str | None = None
    address_line_2: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    phone: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class PolicyTold:
    """One insurance (IN1, Coverage). `rank` is P, S or T."""

    member_id: str
    rank: str
    payer_ids: tuple[str, ...] = ()
    payer_name: str = ""
    group_number: str = ""
    relationship: str = "18"
    subscriber_last_name: str = ""
    subscriber_first_name: str = ""
    subscriber_birth_date: date | None = None
    subscriber_sex: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class VisitTold:
    """One visit under its sender's number. `discharged_on` "" means the discharge was cancelled.

    `locations` are the names and codes it may go by here, the best first. `noted_on` and
    `noted_npi` are the day and author of a document: they stand in until the visit is told.
    """

    number: str
    sender: str
    served_on: date | None = None
    visit_type: str | None = None
    specialty: str | None = None
    provider_npi: str | None = None
    provider_name: str = ""
    locations: tuple[str, ...] = ()
    place_of_service: str = ""
    is_cancelled: bool | None = None
    discharged_on: str | None = None
    noted_on: date | None = None
    noted_npi: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class FileTold:
    """A file a document came as, byte for byte."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DocumentTold:
    """One document, or that it is withdrawn. `relation` to `parent_id`: addendum or replacement.

    A `file` without text is read when the document is filed (coding.document_files).
    """

    external_id: str
    kind: str = "other"
    title: str = "Document"
    text: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None
    parent_id: str = ""
    relation: str = ""
    is_cancelled: bool = False
    file: FileTold | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class DiagnosisTold:
    """A diagnosis code without its dot (DG1-3)."""

    code: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ChargeTold:
    """A procedure as performed. `origin` is the sender's id of the transaction (FT1-2)."""

    origin: str
    procedure_code: str
    modifiers: tuple[str, ...] = ()
    units: str = "1"
    diagnoses: tuple[str, ...] = ()
    served_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """All one message says. `key` orders messages about one thing: the greater one is believed.

    `is_registration`: it comes from the desk (ADT), whose word on people and visits counts more
    than that of a document. `may_rename`: it is a correction of the patient's name or birth date.
    """

    event: str
    key: str
    sender: str
    person: PersonTold
    visit: VisitTold | None = None
    policies: tuple[PolicyTold, ...] = ()
    documents: tuple[DocumentTold, ...] = ()
    diagnoses: tuple[DiagnosisTold, ...] = ()
    charges: tuple[ChargeTold, ...] = ()
    is_registration: bool = False
    may_rename: bool = False
    warnings: tuple[str, ...] = field(default=())


def order_key(*, is_registration: bool, told_at: datetime, control_id: str) -> str:
    """Sorts as text: registration above the rest, then by time, then by control id.

    `told_at` must be in UTC.
    """
    rank = "1" if is_registration else "0"
    return f"{rank}|{told_at:%Y%m%d%H%M%S%f}|{control_id}"[:80]


PERSON_FIELDS = (
    *("last_name", "first_name", "middle_name", "birth_date", "sex", "address_line_1"),
    *("address_line_2", "city", "state", "zip_code", "phone"),
)


def person_changes(person: PersonTold) -> dict[str, object]:
    """What is said of a patient, field by field, the chart number left out."""
    told = {name: getattr(person, name) for name in PERSON_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


def believed(told: dict[str, str], changes: dict[str, object], key: str) -> dict[str, object]:
    """The changes nobody told later; `told` learns their keys.

    Each field keeps the word of the greatest key, so that the order in which messages arrive does
    not matter and a repeated one changes nothing.
    """
    newer = {name: value for name, value in changes.items() if key >= told.get(name, "")}
    told.update(dict.fromkeys(newer, key))
    return newer
