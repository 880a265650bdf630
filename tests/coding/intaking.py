"""Messages for tests of intake: HL7 v2 built from parts, bundles, files; and a worker by hand."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from coding.actions import intake
from coding.actions.intake import Arrival
from coding.models import IntakeMessage
from coding.tasks import apply_message
from rcm.models import Practice
from tests import make

MESSAGES = Path(__file__).with_name("messages")
NPI = "1098765435"


def sample(name: str) -> bytes:
    """A message file of this folder, its lines ended as HL7 wants them."""
    content = (MESSAGES / name).read_bytes()
    return content.replace(b"\n", b"\r") if name.endswith(".hl7") else content


def cast(practice: Practice) -> None:
    """Who the messages name: Dr. Lindqvist, Main Street, Unified Care, codes in force."""
    make.provider(practice)
    make.location(practice)
    make.payer(practice)
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "E1142", "Type 2 diabetes with polyneuropathy")
    make.code("procedure", "99213", "Office visit, level 3")
    make.code("procedure", "20610", "Joint injection")


def header(kind: str, control: str, at: str, charset: str = "UNICODE UTF-8") -> str:
    return (
        f"MSH|^~\\&|CHART|NORTH|RCM|RCM|{at}||{kind}|{control}|P|2.5.1||||||{charset}\r"
        f"EVN|{kind[-3:]}|{at}\r"
    )


def pid(mrn: str = "MRN1", last: str = "Ruiz", first: str = "Ana", born: str = "19800102") -> str:
    return (
        f"PID|1||{mrn}^^^NORTH^MR||{last}^{first}||{born}|F|||"
        "12 Elm Street^^Springfield^IL^62702||2175550199\r"
    )


def pv1(
    visit: str = "V100", *, on: str = "20261102083000", npi: str = NPI, place: str = "Main Street"
) -> str:
    fields = [""] * 46
    fields[0], fields[1], fields[2] = "PV1", "1", "O"
    fields[3] = place
    fields[7] = f"{npi}^Lindqvist^Annika" if npi else ""
    fields[19] = visit
    fields[44] = on
    return "|".join(fields) + "\r"


def in1(member: str = "UC10000001", payer: str = "UNIFD", name: str = "Unified Care") -> str:
    fields = [""] * 37
    fields[0], fields[1], fields[3], fields[4], fields[36] = "IN1", "1", payer, name, member
    fields[12] = "20260101"
    return "|".join(fields) + "\r"


def adt(
    event: str = "A04", control: str = "C1", at: str = "20261102090000", rest: str = "", **who: str
) -> bytes:
    """A registration; `who` changes PID, `rest` replaces PV1 and IN1."""
    return (header(f"ADT^{event}", control, at) + pid(**who) + (rest or pv1() + in1())).encode()


def mdm(
    event: str = "T02",
    control: str = "D1",
    at: str = "20261102100000",
    *,
    number: str = "DOC1",
    parent: str = "",
    text: str = "Established patient with essential hypertension.",
    visit: str = "V100",
    **who: str,
) -> bytes:
    """A signed progress note."""
    txa = f"TXA|1|PR|TX|{at}|||||{NPI}^Lindqvist^Annika|||{number}|{parent}||||LA"
    obx = f"OBX|1|TX|NOTE||{text}||||||F\r" if text else ""
    pieces = header(f"MDM^{event}", control, at) + pid(**who) + pv1(visit) + txa + "\r" + obx
    return pieces.encode()


def dft(
    control: str = "F1", at: str = "20261102110000", rest: str = "", visit: str = "V100"
) -> bytes:
    """One office visit with a diagnosis."""
    rest = rest or charge("T1", "99213", "25", "I10") + "DG1|1||I10^Hypertension\r"
    return (header("DFT^P03", control, at) + pid() + pv1(visit) + rest).encode()


def charge(transaction: str, code: str, modifier: str, diagnosis: str, units: str = "1") -> str:
    fields = [""] * 27
    fields[0], fields[1], fields[2], fields[6], fields[7] = "FT1", "1", transaction, "CG", code
    fields[10], fields[19], fields[25], fields[26] = units, diagnosis, code, modifier
    return "|".join(fields) + "\r"


def bundle(**changes: Any) -> dict[str, Any]:
    """The bundle of messages/visit.json."""
    found: dict[str, Any] = json.loads(sample("visit.json"))
    return found | changes


def receive(
    practice: Practice, content: bytes, name: str = "message.hl7", **more: Any
) -> IntakeMessage:
    """Arrived and not applied yet."""
    [row] = intake.receive(practice, content, Arrival("rest", name, **more))
    return row


def bring(practice: Practice, content: bytes, name: str = "message.hl7", **more: Any) -> Any:
    """Received and applied, with all that it wakes; the row as it is then."""
    row = receive(practice, content, name, **more)
    work_off(practice)
    row.refresh_from_db()
    return row


def bring_all(practice: Practice, contents: Iterable[bytes]) -> None:
    for content in contents:
        bring(practice, content)


def work_off(practice: Practice) -> None:
    """What the workers and the sweep would do until nothing is left."""
    for _ in range(50):
        waiting = IntakeMessage.objects.filter(practice=practice, state="received")
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return
        for pk in ids:
            apply_message(practice.pk, pk)
    raise AssertionError("messages wake each other for ever")
