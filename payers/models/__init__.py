"""The tables of this app, one module per subject."""

from payers.models.authorizations import Authorization, AuthorizationRule
from payers.models.parties import (
    Channel,
    Coverage,
    DateRange,
    Fee,
    FeeSchedule,
    Payer,
    Rank,
    ReasonCode,
    RemarkCode,
    Treatment,
)
from payers.models.routes import PayerRoute, Transaction

__all__ = [
    "Authorization",
    "AuthorizationRule",
    "Channel",
    "Coverage",
    "DateRange",
    "Fee",
    "FeeSchedule",
    "Payer",
    "PayerRoute",
    "Rank",
    "ReasonCode",
    "RemarkCode",
    "Transaction",
    "Treatment",
]
