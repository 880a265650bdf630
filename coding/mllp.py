"""A listener for HL7 v2 over TCP (MLLP): keeps and applies each message, then answers it.

An answer goes out only after the commit of what it speaks of. A line that breaks before the end of
a block leaves nothing behind; one that breaks before the answer leaves a message that is known, so
that sending it again changes nothing.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from coding.actions import applying, intake
from coding.actions.intake import Arrival
from coding.models import IntakeMessage
from coding.rules import hl7_answers
from coding.rules.hl7 import END, START, is_hl7
from coding.rules.told import Unusable
from rcm import access
from rcm.errors import Refusal
from rcm.models import Practice

WORKERS = 4
MOST_CONNECTIONS = 200
State = IntakeMessage.State
logger = logging.getLogger(__name__)


def answer(practice_id: int, content: bytes) -> bytes:
    """Receive and apply one message, each committed; the ACK.

    AA: it is kept and used, or waits for what it is about. AE: it is kept and stands in the error
    list. AR: it is nothing this line takes. Raises DatabaseError when nothing could be kept.
    """
    at = timezone.now()
    if not is_hl7(content):
        wrong = Unusable("no_header", "This is no HL7 message.", place="MSH")
        return hl7_answers.write_answer(content, "AR", at=at, control_id="0", error=wrong)
    try:
        with access.acting_in(practice_id):
            practice = Practice.objects.get(pk=practice_id)
            [row] = intake.receive(practice, content, Arrival("hl7", "HL7 message"))
    except Refusal as refusal:
        wrong = Unusable(refusal.code, refusal.message)
        return hl7_answers.write_answer(content, "AR", at=at, control_id="0", error=wrong)
    with access.acting_in(practice_id):
        rows = IntakeMessage.objects.select_related("practice").select_for_update(of=("self",))
        row = rows.get(pk=row.pk)
        if row.state == State.RECEIVED and row.kind != IntakeMessage.Kind.BATCH:
            applying.apply_message(row)
    code, error = verdict(row)
    return hl7_answers.write_answer(content, code, at=at, control_id=str(row.pk), error=error)


def verdict(row: IntakeMessage) -> tuple[str, Unusable | None]:
    """MSA-1 and the error, from what became of a message."""
    if row.state == State.FAILED:
        error = Unusable(row.error_code, row.error, place=row.place)
        return ("AR" if row.error_code == "type_unknown" else "AE"), error
    if row.state == State.DISCARDED and row.discarded_by_id:
        return "AE", Unusable("discarded", "A person set this message aside.")
    return "AA", None


class Listener:
    """Serves one practice on one address until it is cancelled."""

    def __init__(self, practice_id: int) -> None:
        self.practice_id = practice_id
        self.workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="mllp")
        self.open = 0

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listening; port 0 takes a free one. Raises OSError when the address is taken."""
        return await asyncio.start_server(self.talk, host, port, limit=settings.INTAKE_LIMIT)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: block after block, each answered before the next is read."""
        self.open += 1
        try:
            while self.open <= MOST_CONNECTIONS:
                block = await reader.readuntil(END)
                content = block[block.rfind(START) + 1 : -len(END)]
                loop = asyncio.get_running_loop()
                reply = await loop.run_in_executor(self.workers, self.act, content)
                writer.write(hl7_answers.frame(reply))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            # The sender left, perhaps within a block: nothing of it was kept.
            logger.debug("an HL7 line was closed")
        except asyncio.LimitOverrunError:
            logger.warning("an HL7 line sent more than %s bytes", settings.INTAKE_LIMIT)
        except DatabaseError:
            # Without an answer the sender tries again.
            logger.exception("an HL7 message could not be kept")
        finally:
            self.open -= 1
            writer.close()

    def act(self, content: bytes) -> bytes:
        close_old_connections()
        try:
            return answer(self.practice_id, content)
        finally:
            close_old_connections()
