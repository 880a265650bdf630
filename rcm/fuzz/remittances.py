"""Invented, balanced 835s as plain text. Shares no line of code with our writer.

Each file pays claims a practice really sent (`Owed`), the way payers do: lines paid, reduced,
denied, a claim settled as a whole, claim-level reductions beside lines, a payment taken back and
corrected, money kept back or added at the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

PAYER = "1999999999"
PAYEE = "1457394527"
ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *261120*0630*^*00501*"
    "{number:09d}*0*P*:"
)
SURNAMES = ("ALDER", "BIRCH", "CEDAR", "ELM", "O'HARA", "FIR", "HAZEL", "OAK-PINE")
TAKEN_BACK = "22"


@dataclass(frozen=True, slots=True)
class OwedLine:
    """One line we billed. Cents."""

    number: str
    procedure_code: str
    modifiers: tuple[str, ...]
    billed: int


@dataclass(frozen=True, slots=True)
class Owed:
    """One claim we sent."""

    number: str
    lines: tuple[OwedLine, ...]

    @property
    def billed(self) -> int:
        return sum(line.billed for line in self.lines)


@dataclass
class Money:
    """How a charge was settled: paid, and (group, reason, cents) triplets for the rest."""

    billed: int
    paid: int
    cuts: list[tuple[str, str, int]]

    def negated(self) -> "Money":
        cuts = [(group, reason, -cents) for group, reason, cents in self.cuts]
        return Money(-self.billed, -self.paid, cuts)


def make_file(random: Random, owed: Sequence[Owed], number: int) -> bytes:
    """One interchange of one or two payments, every segment ended by ``~``."""
    body: list[str] = []
    payments = random.choice((1, 1, 1, 2))
    picked = random.sample(list(owed), random.randint(payments, 4 * payments))
    for position in range(payments):
        segments = list(_payment(random, picked[position::payments], f"F{number}P{position}"))
        control = f"{position + 1:04d}"
        body += [
            f"ST*835*{control}",
            *segments,
            f"SE*{len(segments) + 2}*{control}",
        ]
    group = ["GS*HP*PAYER*PRACTICE*20261120*0630*7*X*005010X221A1", *body, f"GE*{payments}*7"]
    interchange = max(1, number % 10**9)
    whole = [ISA.format(number=interchange), *group, f"IEA*1*{interchange:09d}"]
    return ("~".join(whole) + "~").encode("ascii")


def _payment(random: Random, claims: Sequence[Owed], trace: str) -> Iterator[str]:
    told = [segment for claim in claims for segment in _claim(random, claim)]
    total = sum(cents for cents, _ in told)
    pairs = [
        (random.choice(("WO", "72", "L6", "CS", "LE")), random.randint(-3_000, 3_000))
        for _ in range(random.choice((0, 0, 1, 2, 7)))
    ]
    total -= sum(cents for _, cents in pairs)
    if total < 0:  # a payer moves what is missing into the future
        pairs.append(("FB", total))
        total = 0
    method = random.choice(("ACH", "CHK")) if total else "NON"
    kind = "I" if total else "H"
    bank = f"CCP*01*111000025*DA*5550{random.randrange(9999)}*{PAYER}**01*121000248*DA*777"
    bank = bank if method == "ACH" else "*" * 10
    yield f"BPR*{kind}*{dollars(total)}*C*{method}*{bank}*20261120"
    yield f"TRN*1*{trace}*{PAYER}"
    yield "DTM*405*20261119"
    yield "N1*PR*MERIDIAN MUTUAL"
    yield "N3*1 PAYER PLAZA"
    yield "N4*HARTFORD*CT*061030001"
    yield "PER*BL*EDI DESK*TE*8005550100"
    yield f"N1*PE*NORTH CLINIC*XX*{PAYEE}"
    yield "REF*TJ*371234567"
    yield "LX*1"
    for _, segments in told:
        yield from segments
    for start in range(0, len(pairs), 6):
        texts = [f"{code}:REF{n}*{dollars(cents)}" for n, (code, cents) in enumerate(pairs)]
        yield f"PLB*{PAYEE}*20261231*{'*'.join(texts[start : start + 6])}"


def _claim(random: Random, owed: Owed) -> Iterator[tuple[int, list[str]]]:
    """Cents paid and the segments of one CLP, or of three: paid, taken back, corrected."""
    shape = random.choice(("lines", "lines", "lines", "claim_cut", "whole", "reversal", "denied"))
    if shape == "whole":
        yield _whole(random, owed)
        return
    lines = [_settle(random, line.billed, denied=shape == "denied") for line in owed.lines]
    cut = random.randint(0, 500) if shape == "claim_cut" else 0
    yield _lines(random, owed, lines, cut, "1")
    if shape == "reversal":
        yield _lines(random, owed, [line.negated() for line in lines], 0, TAKEN_BACK)
        again = [_settle(random, line.billed, denied=False) for line in owed.lines]
        yield _lines(random, owed, again, 0, "1")


def _settle(random: Random, billed: int, *, denied: bool) -> Money:
    if denied or random.random() < 0.1:
        code = random.choice((("CO", "50"), ("CO", "16"), ("PR", "96"), ("PI", "204")))
        return Money(billed, 0, [(*code, billed)])
    left, cuts = billed, []
    codes = [("CO", "45"), ("PR", "1"), ("PR", "2"), ("CO", "253"), ("OA", "23"), ("CO", "144")]
    for code in random.sample(codes, random.randint(0, 4)):
        cut = random.randint(-200 if code[1] == "144" else 0, max(left // 2, 0))
        cuts.append((*code, cut))
        left -= cut
    return Money(billed, left, cuts)


def _whole(random: Random, owed: Owed) -> tuple[int, list[str]]:
    """A claim settled without lines."""
    money = _settle(random, owed.billed, denied=False)
    return money.paid, [*_head(random, owed, money, "1"), "MIA*0", "DTM*050*20261010"]


def _lines(
    random: Random, owed: Owed, lines: Sequence[Money], cut: int, status: str
) -> tuple[int, list[str]]:
    paid = sum(line.paid for line in lines) - cut
    cuts = [("CO", "45", cut)] if cut else []
    billed = sum(line.billed for line in lines)
    segments = _head(random, owed, Money(billed, paid, cuts), status)
    if random.random() < 0.5:
        segments.append("MOA***MA01*MA18")
    segments.append("DTM*050*20261010")
    for line, money in zip(owed.lines, lines, strict=True):
        code = ":".join(("HC", line.procedure_code, *line.modifiers))
        segments.append(f"SVC*{code}*{dollars(money.billed)}*{dollars(money.paid)}**1")
        segments += ["DTM*472*20261001", *_adjustments(random, money.cuts), f"REF*6R*{line.number}"]
        if random.random() < 0.5:
            segments += [f"AMT*B6*{dollars(money.paid)}", "LQ*HE*N130"]
    return paid, segments


def _head(random: Random, owed: Owed, money: Money, status: str) -> list[str]:
    number = f"ICN{owed.number}"
    figures = f"{dollars(money.billed)}*{dollars(money.paid)}"
    name = random.choice(SURNAMES)
    return [
        f"CLP*{owed.number}*{status}*{figures}**CI*{number}*11*1",
        *_adjustments(random, money.cuts),
        f"NM1*QC*1*{name}*ADA****MI*W{random.randrange(10**6):06d}",
    ]


def _adjustments(random: Random, cuts: Sequence[tuple[str, str, int]]) -> list[str]:
    """CAS, one per triplet or, where the group goes on, in one segment."""
    texts: list[str] = []
    for group, reason, cents in cuts:
        if texts and texts[-1].startswith(f"CAS*{group}*") and random.random() < 0.5:
            texts[-1] += f"**{reason}*{dollars(cents)}"
        else:
            texts.append(f"CAS*{group}*{reason}*{dollars(cents)}")
    return texts


def dollars(cents: int) -> str:
    """12345 as ``123.45``, sometimes shorter, the way payers write."""
    text = f"{Decimal(cents).scaleb(-2):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
