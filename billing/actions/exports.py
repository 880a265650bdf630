"""What leaves the system on request, each time with an event."""

from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from django.db import transaction

from billing.models import Remittance
from billing.stored_remittance import write_stored
from rcm import events
from rcm.models import User

KEPT_IN_MEMORY = 8 * 1024 * 1024


@transaction.atomic
def export_remittance(remittance: Remittance, *, by: User | None) -> IO[bytes]:
    """The payment as an 835, rewound; large ones lie in a temporary file that vanishes when closed.

    Raises Refusal when its claims were not kept.
    """
    content = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115  (closed by who sends it)
    write_stored(remittance, cast(BinaryIO, content))
    content.seek(0)
    events.record("remittance.exported", remittance, by=by)
    return content
