"""People, practices, patients, and the record of every act. Everything else stands on these."""

from rcm.models.events import Event
from rcm.models.idempotency import IdempotencyKey
from rcm.models.jobs import Job
from rcm.models.people import Contract, Membership, Organization, Practice, Role, User
from rcm.models.practice import OwnedByPractice, Patient, Provider, ServiceLocation
from rcm.models.seals import EventSeal

__all__ = [
    "Contract",
    "Event",
    "EventSeal",
    "IdempotencyKey",
    "Job",
    "Membership",
    "Organization",
    "OwnedByPractice",
    "Patient",
    "Practice",
    "Provider",
    "Role",
    "ServiceLocation",
    "User",
]
