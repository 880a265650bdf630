"""Random histories of TA1, 999 and 277CA, and an oracle that says where they must end.

Answers are written to the wire by the writers; the oracle knows what was meant and never reads it.
Among them are lost, late, doubled and contradicting ones, answers to an earlier sending, without or
with a wrong number, and about claims nobody sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from random import Random

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    Status,
    StatusInformation,
)
from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)
from rcm.x12.envelope import Envelope
from rcm.x12.write_277ca import write_277ca
from rcm.x12.write_999 import write_999, write_ta1

MADE_AT = datetime(2026, 11, 23, 9)  # noqa: DTZ001  (wall-clock time of an envelope)
# What a 277CA may say of a claim: action, category, and what that means.
STATEMENTS = (
    ("WQ", "A0", "received"),
    ("WQ", "A1", "received"),
    ("WQ", "A2", "accepted"),
    ("WQ", "A2", "accepted"),
    ("WQ", "A2", "accepted"),
    ("WQ", "A4", "received"),
    ("WQ", "A5", "accepted"),
    ("WQ", "A7", "accepted"),
    ("U", "A2", "rejected"),
    ("U", "A3", "rejected"),
    ("U", "A4", "rejected"),
    ("U", "A6", "rejected"),
    ("U", "A7", "rejected"),
    ("U", "A8", "rejected"),
)
SENDERS = ("CLEARINGHOUSE", "PAYER")


@dataclass
class Sending:
    """One batch as the oracle remembers it: the claims of each transaction, the answers so far."""

    interchange: int
    group: int
    transactions: dict[str, list[str]]
    arrived: bool = True
    codes: list[str] = field(default_factory=list)
    has_form: bool = False
    is_refused: bool = False
    verdicts: dict[str, set[str]] = field(default_factory=dict)

    @property
    def claims(self) -> list[str]:
        return [number for claims in self.transactions.values() for number in claims]


class Oracle:
    """Where claims and batches must stand after what it was told, in whatever order."""

    def __init__(self) -> None:
        self.sendings: dict[int, Sending] = {}
        self.courses: dict[str, list[int]] = {}
        self.decided: set[str] = set()
        self.statements = 0
        self.forms = 0
        self.strangers = 0

    def send(self, sending: Sending) -> None:
        self.sendings[sending.interchange] = sending
        for number in sending.claims:
            self.courses.setdefault(number, []).append(sending.interchange)

    def decide(self, number: str) -> None:
        self.decided.add(number)

    def status(self, number: str) -> str:
        """The claim's status: a decision, else the worst said of its latest sending."""
        if number in self.decided:
            return "adjudicated"
        verdicts = self.sendings[self.courses[number][-1]].verdicts.get(number, set())
        if "rejected" in verdicts:
            return "rejected"
        return "accepted" if "accepted" in verdicts else "submitted"

    def state(self, sending: Sending) -> str:
        """The batch's state."""
        if sending.is_refused:
            return "rejected"
        if sending.codes:
            return "acknowledged"
        return "sent" if sending.arrived else "unknown"

    def refuse(self, sending: Sending, numbers: Sequence[str]) -> None:
        sending.is_refused = True
        for number in numbers:
            sending.verdicts.setdefault(number, set()).add("rejected")


@dataclass(frozen=True)
class Ta1:
    """`interchange` is the ISA13 answered, perhaps none of ours."""

    interchange: int
    code: str

    def write(self, out: BytesIO, envelope: Envelope) -> None:
        note = "025" if self.code == "R" else "000"
        number = f"{self.interchange:09d}"
        write_ta1(
            out, envelope, [InterchangeAcknowledgment(number, "261123", "0900", self.code, note)]
        )

    def tell(self, oracle: Oracle) -> None:
        sending = oracle.sendings.get(self.interchange)
        if sending is None:
            oracle.strangers += 1
            return
        oracle.forms += 1
        sending.codes.append(self.code)
        if self.code == "R":
            oracle.refuse(sending, sending.claims)


@dataclass(frozen=True)
class Form:
    """A 999: the group's code and each transaction's; `position` is where its error points."""

    group: int
    code: str
    transactions: dict[str, str]
    position: int

    def write(self, out: BytesIO, envelope: Envelope) -> None:
        answered = tuple(
            TransactionAcknowledgment(
                "837",
                number,
                code,
                "005010X222A1",
                () if code == "A" else (self._error(),),
                () if code == "A" else ("5",),
            )
            for number, code in self.transactions.items()
        )
        accepted = sum(code in "AE" for code in self.transactions.values())
        count = len(answered)
        group = GroupAcknowledgment(
            "HC", str(self.group), "005010X222A1", self.code, count, count, accepted, answered
        )
        write_999(out, envelope, [group])

    def _error(self) -> SegmentError:
        return SegmentError("NM1", self.position, "2010BA", "8", (ElementError(9, "67", "5"),))

    def tell(self, oracle: Oracle) -> None:
        found = [each for each in oracle.sendings.values() if each.group == self.group]
        if not found:
            oracle.strangers += 1
            return
        [sending] = found
        oracle.forms += 1
        sending.has_form = True
        sending.codes.append(self.code)
        refused = [number for number, code in self.transactions.items() if code not in "AE"]
        if self.code in "RMWX":
            oracle.refuse(sending, sending.claims)
        elif refused:
            claims = [claim for number in refused for claim in sending.transactions[number]]
            oracle.refuse(sending, claims)


@dataclass(frozen=True)
class Claims:
    """A 277CA: (claim, action, category, meaning, whether a line says so); `trace` may be empty."""

    trace: str
    sender: str
    statements: tuple[tuple[str, str, str, str, bool], ...]

    def write(self, out: BytesIO, envelope: Envelope) -> None:
        start = ClaimAcknowledgmentStart(
            self.sender, "SND", "NORTH", "1", "B1", MADE_AT.date(), self.trace
        )
        write_277ca(out, envelope, start, [self._status(*each) for each in self.statements])

    def _status(
        self, number: str, action: str, category: str, meaning: str, of_line: bool
    ) -> ClaimStatus:
        said = StatusInformation((Status(category, "21"),), None, action)
        if not of_line:
            return ClaimStatus(number, (said,))
        received = StatusInformation((Status("A1", "19"),), None, "WQ")
        return ClaimStatus(number, (received,), lines=((f"{number}L1", (said,)),))

    def tell(self, oracle: Oracle) -> None:
        named = int(self.trace[:9]) if self.trace else 0
        if named in oracle.sendings:
            oracle.sendings[named].arrived = True
        for number, _, _, meaning, _ in self.statements:
            course = oracle.courses.get(number)
            if course is None:
                oracle.strangers += 1
                continue
            oracle.statements += 1
            about = named if named in course else course[-1]
            oracle.sendings[about].verdicts.setdefault(number, set()).add(meaning)


Answer = Ta1 | Form | Claims


def write(answer: Answer, number: int) -> bytes:
    """The answer as a file of its own, in interchange `number`."""
    out = BytesIO()
    answer.write(out, Envelope("SANDBOX", "RCMSUBMIT", number, number, MADE_AT))
    return out.getvalue()


def sent_file(sending: Sending) -> bytes:
    """The 837 of a sending: no more in it than what answers point at."""
    isa = (
        "ISA*00*          *00*          *ZZ*RCMSUBMIT      *ZZ*SANDBOX        *261123*0900*^*00501*"
        f"{sending.interchange:09d}*0*T*:~"
    )
    texts = [f"GS*HC*RCMSUBMIT*SANDBOX*20261123*0900*{sending.group}*X*005010X222A1"]
    for number, claims in sending.transactions.items():
        texts += [f"ST*837*{number}*005010X222A1", "BHT*0019*00*1*20261123*0900*CH", "HL*1**20*1"]
        for level, claim in enumerate(claims, 2):
            texts += [f"HL*{level}*1*22*0", f"NM1*IL*1*DOE*ANN****MI*M{level}", f"CLM*{claim}*1"]
        texts.append(f"SE*{len(claims) * 3 + 4}*{number}")
    texts += [f"GE*{len(sending.transactions)}*{sending.group}", f"IEA*1*{sending.interchange:09d}"]
    return (isa + "".join(f"{text}~" for text in texts)).encode()


def plan_answers(random: Random, sending: Sending) -> list[Answer]:
    """What a clearinghouse and a payer might say of a sending; some of it contradicts itself."""
    answers: list[Answer] = []
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        number = (
            sending.interchange if random.random() > 0.05 else 990_000_000 + random.randrange(99)
        )
        answers.append(Ta1(number, random.choices("AER", (16, 2, 1))[0]))
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        answers.append(_plan_form(random, sending))
    for sender in SENDERS[: random.choice((0, 1, 1, 2, 2))]:
        answers.append(_plan_claims(random, sending, sender))
    if random.random() < 0.15:
        answers.append(_plan_claims(random, sending, SENDERS[1]))
    return answers


def _plan_form(random: Random, sending: Sending) -> Form:
    codes = {
        number: random.choices("AERMWX", (30, 4, 5, 1, 1, 1))[0] for number in sending.transactions
    }
    accepted = sum(code in "AE" for code in codes.values())
    code = "P"
    if not accepted:
        code = random.choice("RRRMWX")
    elif accepted == len(codes):
        code = "E" if "E" in codes.values() else "A"
    group = sending.group if random.random() > 0.05 else 980_000_000 + random.randrange(99)
    return Form(group, code, codes, random.randrange(1, 12))


def _plan_claims(random: Random, sending: Sending, sender: str) -> Claims:
    statements = []
    for number in sending.claims:
        if random.random() < 0.1:
            continue
        action, category, meaning = random.choice(STATEMENTS)
        of_line = random.random() < 0.1
        statements.append((number, action, category, meaning, of_line))
    if random.random() < 0.1 or not statements:
        statements.append(("NOBODYS", "WQ", "A2", "accepted", False))
    trace = f"{sending.interchange:09d}0001" if random.random() > 0.2 else ""
    return Claims(trace, sender, tuple(statements))
