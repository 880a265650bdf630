"""Bank files for tests, from plain figures; the sums are counted here, not by our reader."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.timezone import get_current_timezone

from billing.actions.bank_statements import enter_bank_line, import_statement
from billing.deposit_state import deposit_states
from billing.models import BankLine, BankStatement, Remittance
from rcm.models import Practice, User
from tests import make

DAY = date(2026, 11, 20)
TIN = "1999999999"


def addenda(trace: str, payer: str = TIN, ending: str = "~") -> str:
    """The text a bank prints of a health care EFT."""
    return f"HCCLAIMPMT UNIFIED CARE TRN*1*{trace}*{payer}{ending}"


def movement(cents: int, *texts: str, code: int = 142, reference: str = "") -> list[str]:
    """A 16 with its text and continuations."""
    first = f"16,{code},{cents},Z,B1,{reference},{texts[0] if texts else ''}/"
    return [first, *(f"88,{text}" for text in texts[1:])]


def bai2(
    *movements: Sequence[str],
    day: date = DAY,
    accounts: int = 1,
    **wrong: int,
) -> bytes:
    """A file of one group whose trailers are right but for what `wrong` adds to a figure."""
    lines = ["01,BANK,NORTH,261120,0600,1,80,,2/", f"02,NORTH,BANK,1,{day:%y%m%d},0600,USD,2/"]
    total = 0
    for _ in range(accounts):
        rows = [line for each in movements for line in each]
        cents = [int(each[0].split(",")[2]) for each in movements]
        account = sum(cents) * 2 + 500
        head = f"03,000123456789,USD,010,500,,,100,{sum(cents)},{len(cents)},Z/"
        count = len(rows) + 2 + wrong.get("account_records", 0)
        lines += [head, *rows, f"49,{account + wrong.get('account_total', 0)},{count}/"]
        total += account
    records = len(lines) - 1 + 1
    lines.append(f"98,{total + wrong.get('group_total', 0)},{accounts},{records}/")
    groups = 1 + wrong.get("groups", 0)
    lines.append(f"99,{total + wrong.get('file_total', 0)},{groups},{len(lines) + 1}/")
    return "\r\n".join(lines).encode() + b"\r\n"


def statement(*deposits: tuple[int, str], day: date = DAY) -> bytes:
    """EFTs of one day: (cents, trace)."""
    return bai2(*(movement(cents, addenda(trace)) for cents, trace in deposits), day=day)


def payment(practice: Practice, amount: str, trace: str, **changes: Any) -> Remittance:
    """A posted payment of Unified Care, told on the day it is dated."""
    paid_on = changes.pop("paid_on", DAY)
    fields: dict[str, Any] = {
        "file": make.interchange_file(practice, f"{trace}{Remittance.objects.count()}".encode()),
        "transaction_number": "0001",
        "payer_name": "UNIFIED CARE",
        "payer_identifier": TIN,
        "trace_number": trace,
        "method": "ACH",
        "paid_on": paid_on,
        "amount_paid": Decimal(amount),
        "state": Remittance.State.POSTED,
        "recorded_at": noon(paid_on),
        # A second remittance of one payer, trace number and day.
        "copy_number": Remittance.objects.filter(trace_number=trace).count() + 1,
    }
    return Remittance.objects.create(practice=practice, **fields | changes)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), get_current_timezone())


def imported(practice: Practice, content: bytes, name: str = "bank.bai") -> BankStatement:
    statement = import_statement(practice, name, content)
    assert statement.state == "read", statement.note
    return statement


def entered(practice: Practice, amount: str, by: User, **changes: Any) -> BankLine:
    fields = {"deposited_on": DAY, "method": "eft"}
    return enter_bank_line(practice, amount=Decimal(amount), by=by, **fields | changes)


def state(remittance: Remittance, today: date = DAY) -> tuple[str, str]:
    """Its state and difference."""
    found = deposit_states(remittance.practice_id, [remittance], today)[remittance.pk]
    return found.state, str(found.difference)
