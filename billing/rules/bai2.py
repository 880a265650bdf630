"""Reads BAI2, the cash management file of US banks: 01 file, 02 group, 03 account, 16 movement,
88 continuation, 49, 98 and 99 trailers. Amounts are cents without a point.

Every trailer's control total and counts are checked. A file that does not add up gives its faults
and no row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from billing.rules.bank_rows import BankFile, BankRow, Fault, find_method, find_trace, keep

AMOUNT = re.compile(r"[+-]?\d{1,15}")
LARGEST = 10**12  # cents; what a bank line can hold
# Movements by type code. 001 to 100 and 400 are balances and summaries, 700 and above are loans,
# notes and the bank's own.
CREDITS = range(101, 400)
DEBITS = range(401, 700)
EFT_CODES = frozenset([142, 143, 145, 164, 165, 166, 168, 169, 195, 206, 208])
CHECK_CODES = frozenset([115, 116, 171, 172, 174, 175, 301])
RETURN_CODES = frozenset([555, 557])
# How many fields follow a funds type; D says it itself.
FUNDS_FIELDS = {"": 0, "0": 0, "1": 0, "2": 0, "Z": 0, "S": 3, "V": 2}
CONTINUED = frozenset(["03", "16"])
# Trailer -> the head it ends, and what it calls its members.
TRAILERS = {"49": ("03", "account", ""), "98": ("02", "group", "accounts")} | {
    "99": ("01", "file", "groups")
}
PARENTS = {"01": "", "02": "01", "03": "02", "16": "03"}
CODES = PARENTS.keys() | TRAILERS.keys() | {"88"}


@dataclass
class Record:
    """A record with its continuations: what stands after the code, one text per physical line."""

    line: int
    code: str
    parts: list[str]

    @property
    def fields(self) -> list[str]:
        return ",".join(self.parts).split(",")


@dataclass
class Level:
    """A file, group or account while it is read, to be held against its trailer."""

    record: Record
    total: int = 0
    members: int = 0
    records: int = 0


class Stop(Exception):
    """A fault after which reading on makes no sense."""

    def __init__(self, line: int, place: str, code: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(line, place, code, message)


def read_bai2(text: str) -> BankFile:
    """All movements in the order of the file, or the faults."""
    reader = Reader(BankFile("bai2"))
    try:
        for record in join_records(text):
            reader.take(record)
        reader.end()
    except Stop as stop:
        reader.file.faults.append(stop.fault)
    if reader.file.faults:
        reader.file.rows.clear()
    return reader.file


def join_records(text: str) -> Iterator[Record]:
    """Physical lines to records: an 88 goes on with the record before it."""
    last: Record | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        code, _, rest = line.partition(",")
        code = code.removesuffix("/")
        if code not in CODES:
            raise Stop(number, "record", "unknown_record", f"“{code[:10]}” is no record of BAI2.")
        if code != "88":
            if last is not None:
                yield last
            last = Record(number, code, [rest.removesuffix("/")])
        elif last is None or last.code not in CONTINUED:
            raise Stop(number, "88", "stray_continuation", "There is no record to continue.")
        else:
            last.parts.append(rest.removesuffix("/"))
    if last is not None:
        yield last


@dataclass
class Reader:
    """The open levels, outermost first, and what was found so far."""

    file: BankFile
    levels: list[Level] = field(default_factory=list)
    day: date = date.min
    account: str = ""
    is_over: bool = False

    def take(self, record: Record) -> None:
        """One record. Raises Stop when it stands where it may not."""
        if self.is_over:
            raise Stop(record.line, record.code, "after_end", "The file goes on after its trailer.")
        if record.code in TRAILERS:
            return self.close(record)
        open_code = self.levels[-1].record.code if self.levels else ""
        if open_code != PARENTS[record.code]:
            message = f"Record {record.code} cannot stand here."
            raise Stop(record.line, record.code, "wrong_order", message)
        if record.code == "16":
            self.count(record)
            return self.take_movement(record)
        self.levels.append(Level(record))
        self.count(record)
        {"01": take_file, "02": take_group, "03": take_account}[record.code](self, record)
        return None

    def count(self, record: Record) -> None:
        for level in self.levels:
            level.records += len(record.parts)

    def close(self, record: Record) -> None:
        """Hold a level against its trailer. Wrong sums are faults, and reading goes on."""
        head, label, members = TRAILERS[record.code]
        if not self.levels or self.levels[-1].record.code != head:
            message = f"Trailer {record.code} ends no {label}."
            raise Stop(record.line, record.code, "wrong_order", message)
        self.count(record)
        level = self.levels.pop()
        fields = record.fields
        found = [("control total", level.total), *([(members, level.members)] if members else [])]
        for place, (name, counted) in enumerate([*found, ("records", level.records)]):
            stated = cents_of(record, name, fields[place] if place < len(fields) else "")
            if stated != counted:
                text = f"The {label} trailer states {stated} {name}, the file holds {counted}."
                if name == "control total":
                    text = f"The {label} control total is {stated} cents, the file holds {counted}."
                code = f"{name.replace(' ', '_')}_wrong"
                self.file.faults.append(Fault(record.line, f"{record.code} {name}", code, text))
        if self.levels:
            self.levels[-1].members += 1
            self.levels[-1].total += level.total
        self.is_over = not self.levels

    def end(self) -> None:
        """Raises Stop when something is still open, or nothing was there at all."""
        if self.levels:
            level = self.levels[-1]
            message = f"Record {level.record.code} has no trailer: the file is cut off."
            raise Stop(level.record.line, level.record.code, "cut_off", message)
        if not self.is_over:
            raise Stop(1, "01", "empty", "The file holds no record.")

    def take_movement(self, record: Record) -> None:
        """A 16: type code, amount, funds type, its fields, bank and customer reference, text."""
        fields, texts = split_movement(record)
        code = type_code(record, fields[0])
        amount = cents_of(record, "amount", fields[1])
        self.levels[-1].total += amount
        if code not in CREDITS and code not in DEBITS:
            return
        bank_reference, customer_reference = fields[-2:]
        text, glued = " ".join(filter(None, texts)), "".join(texts)
        trace, payer = find_trace(text, glued)
        method = "eft" if code in EFT_CODES else "check" if code in CHECK_CODES else "other"
        if method == "check" and not trace:
            trace = (customer_reference.split() or [""])[-1]
        row = BankRow(
            line_number=record.line,
            deposited_on=self.day,
            amount=amount if code in CREDITS else -amount,
            trace_number=trace,
            payer_identifier=payer,
            description=" ".join(text.split())[:500],
            method=find_method(text, method),
            reference=(bank_reference or customer_reference)[:50],
            account=self.account,
        )
        keep(self.file, row, is_return=code in RETURN_CODES)


def take_file(reader: Reader, record: Record) -> None:
    """01: sender, receiver, date, time, identifier, record length, block size, version."""
    fields = record.fields
    version = fields[7].strip() if len(fields) > 7 else ""
    if version != "2":
        message = f"The file is version “{version[:10]}” of BAI, not 2."
        raise Stop(record.line, "01 version", "wrong_version", message)


def take_group(reader: Reader, record: Record) -> None:
    """02: receiver, originator, status, as-of date, time, currency, modifier."""
    fields = [*record.fields, *[""] * 7]
    if fields[2].strip() != "1":
        message = "Only groups of status 1 (new) are taken: corrections need a person."
        raise Stop(record.line, "02 status", "not_new", message)
    try:
        reader.day = datetime.strptime(fields[3].strip(), "%y%m%d").date()  # noqa: DTZ007  (a date)
    except ValueError:
        message = f"“{fields[3][:20]}” is no date (YYMMDD)."
        raise Stop(record.line, "02 as-of date", "bad_date", message) from None
    refuse_foreign(record, fields[5])


def take_account(reader: Reader, record: Record) -> None:
    """03: account, currency, then balances and summaries: type, amount, items, funds type."""
    fields = [*record.fields, ""]
    reader.account = fields[0].strip()[-4:]
    refuse_foreign(record, fields[1])
    at = 2
    while at < len(fields):
        amount = fields[at + 1] if at + 1 < len(fields) else ""
        if amount.strip():
            reader.levels[-1].total += cents_of(record, "amount", amount)
        at += 4 + funds_fields(record, fields[at + 3 :])


def refuse_foreign(record: Record, currency: str) -> None:
    if currency.strip() not in ("", "USD"):
        message = f"The amounts are in {currency.strip()[:10]}, not in US dollars."
        raise Stop(record.line, f"{record.code} currency", "foreign_currency", message)


def split_movement(record: Record) -> tuple[list[str], list[str]]:
    """The fields of a 16 up to the customer reference, and the lines of its text.

    Fields may go on in an 88; what follows when all are there is text, commas and all.
    """
    parts = list(record.parts)
    fields = parts.pop(0).split(",")
    while True:
        wanted = 5 + funds_fields(record, fields[2:])
        if len(fields) >= wanted or not parts:
            break
        fields += parts.pop(0).split(",")
    fields += [""] * (wanted - len(fields))
    return fields[:wanted], [",".join(fields[wanted:]), *parts]


def funds_fields(record: Record, fields: list[str]) -> int:
    """How many fields belong to the funds type that stands first."""
    kind = fields[0].strip() if fields else ""
    if kind == "D":
        count = fields[1].strip() if len(fields) > 1 else ""
        if count.isdecimal() and len(count) < 4:
            return 1 + 2 * int(count)
    elif kind in FUNDS_FIELDS:
        return FUNDS_FIELDS[kind]
    message = f"“{kind[:10]}” is no funds type."
    raise Stop(record.line, f"{record.code} funds type", "bad_funds_type", message)


def type_code(record: Record, text: str) -> int:
    if len(text.strip()) == 3 and text.strip().isdecimal():
        return int(text)
    message = f"“{text[:10]}” is no type code of three digits."
    raise Stop(record.line, "16 type code", "bad_type_code", message)


def cents_of(record: Record, name: str, text: str) -> int:
    """A whole number; nothing stated is 0, as BAI2 has it."""
    text = text.strip()
    if not text:
        return 0
    if not AMOUNT.fullmatch(text) or not text.isascii() or abs(int(text)) >= LARGEST * 1000:
        message = f"“{text[:20]}” is no whole number."
        raise Stop(record.line, f"{record.code} {name}", "bad_number", message)
    return int(text)
