"""Charts ready to bill and claims ready to send, as the actions make them."""

from typing import Any

from billing.actions.claims import draft_ready_claims
from billing.models import Claim
from coding.models import Charge, Encounter
from payers.models import Channel
from rcm.models import Practice
from tests import make

FINALIZED_AT = "2026-11-03T15:00:00Z"


def coded_chart(practice: Practice, *lines: tuple[str, str], **changes: Any) -> Encounter:
    """A finalized encounter with frozen charges: one 99213 for 165.00 unless told otherwise."""
    diagnoses = changes.pop("diagnoses", ("I10", "E1142"))
    changes.setdefault("provider", make.provider(practice, npi="1098765435"))
    chart = make.encounter(
        practice, state=Encounter.State.FINALIZED, finalized_at=FINALIZED_AT, **changes
    )
    make.coded(chart, *(lines or (("99213", "165.00"),)), diagnoses=diagnoses)
    Charge.objects.filter(encounter=chart).update(is_frozen=True)
    return chart


def ready_claim(practice: Practice, *lines: tuple[str, str], **changes: Any) -> Claim:
    """A clean claim, drafted and scrubbed."""
    chart = coded_chart(practice, *lines, **changes)
    draft_ready_claims(practice.pk, today=make.TODAY)
    return Claim.objects.get(encounter=chart)


def sandbox_channel(practice: Practice, **changes: Any) -> Channel:
    """A channel to the SFTP server of the `sftp` fixture."""
    return make.channel(practice, host="sandbox", **changes)
