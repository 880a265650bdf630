"""Brings in what the bank says: a statement file, or one line by hand. Nothing here moves money."""

import hashlib
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.actions.deposits import match_deposits
from billing.models import BankLine, BankStatement
from billing.rules import deposits as rules
from billing.rules.bank_files import BankFile, BankRow, read_bank_file
from billing.rules.bank_rows import ordinals
from billing.staging import StagedTable, cursor, field
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User
from rcm.money import cents_text, from_cents, to_cents

NAME_LENGTH = 200
STAGED = StagedTable(
    "bank_lines",
    {
        "line_number": "integer",
        "deposited_on": "date",
        "amount": "numeric(12, 2)",
        "method": "text",
        "trace_number": "text",
        "trace_key": "text",
        "payer_identifier": "text",
        "description": "text",
        "reference": "text",
        "identity": "text",
        "ordinal": "integer",
    },
)
COLUMNS = ", ".join(STAGED.columns)
INSERT = f"""
INSERT INTO billing_bankline (practice_id, statement_id, {COLUMNS})
SELECT %s, %s, {COLUMNS} FROM {STAGED.table} ORDER BY line_number
ON CONFLICT (practice_id, identity, ordinal) DO NOTHING
"""  # noqa: S608  (columns of ours)


@transaction.atomic
def import_statement(
    practice: Practice, name: str, content: bytes, *, by: User | None = None
) -> BankStatement:
    """Store the bytes, add the lines not known yet, and match what came.

    The same bytes again return the first statement and record `bank_statement.imported_again`. A
    file with a fault is stored as failed, with its faults and without a line. Raises Refusal when
    the file is larger than settings.INTERCHANGE_FILE_LIMIT.
    """
    limit = settings.INTERCHANGE_FILE_LIMIT
    if len(content) > limit:
        message = f"The file is larger than {limit // 1024 // 1024} MB."
        raise Refusal("file_too_large", message, fields={"file": message})
    digest = hashlib.sha256(content).hexdigest()
    known = BankStatement.objects.filter(practice=practice, sha256=digest).first()
    if known is not None:
        events.record("bank_statement.imported_again", known, by=by)
        return known
    file = read_bank_file(content)
    statement, is_new = BankStatement.objects.get_or_create(
        practice=practice,
        sha256=digest,
        defaults={
            "name": name[-NAME_LENGTH:] or "unnamed",
            "content": content,
            "size": len(content),
            "imported_by": by,
            **described(file),
        },
    )
    if not is_new:
        events.record("bank_statement.imported_again", statement, by=by)
    elif file.faults:
        events.record("bank_statement.refused", statement, by=by, faults=len(file.faults))
    else:
        add_lines(statement, file)
        events.record("bank_statement.imported", statement, by=by, lines=statement.lines_new)
        match_deposits(practice)
    return statement


def described(file: BankFile) -> dict[str, object]:
    """The columns of a statement that say what its file holds."""
    if file.faults:
        first, count = file.faults[0], len(file.faults)
        more = f" ({count - 1} more)" if count > 1 else ""
        return {
            "kind": file.kind,
            "state": BankStatement.State.FAILED,
            "note": f"Line {first.line}, {first.place}: {first.message}{more} Nothing was taken."[
                :300
            ],
            "faults": [vars(fault) for fault in file.faults],
        }
    return {
        "kind": file.kind,
        "state": BankStatement.State.READ,
        "lines_left_out": file.left_out,
        "amount": from_cents(file.amount),
        "starts_on": min((row.deposited_on for row in file.rows), default=None),
        "ends_on": max((row.deposited_on for row in file.rows), default=None),
    }


def add_lines(statement: BankStatement, file: BankFile) -> None:
    """COPY the rows and keep those whose identity and ordinal are new."""
    identities = [rules.line_identity(row) for row in file.rows]
    copied = [
        copy_row(row, identity, ordinal)
        for row, identity, ordinal in zip(file.rows, identities, ordinals(identities), strict=True)
    ]
    with cursor() as db:
        STAGED.open(db)
        STAGED.fill(db, copied)
        db.execute(INSERT, [statement.practice_id, statement.pk])
        statement.lines_new = db.rowcount
    statement.lines_known = len(copied) - statement.lines_new
    statement.note = note_of(statement)
    statement.save(update_fields=["lines_new", "lines_known", "note"])


def copy_row(row: BankRow, identity: str, ordinal: int) -> str:
    trace = row.trace_number.strip()[:50]
    cells = [
        *(str(row.line_number), f"{row.deposited_on}", cents_text(row.amount), row.method),
        *map(field, (trace, rules.trace_key(trace), row.payer_identifier[:10])),
        *map(field, (row.description[:500], row.reference[:50])),
        *(identity, str(ordinal)),
    ]
    return "\t".join(cells)


def note_of(statement: BankStatement) -> str:
    """One sentence for the list of statements."""
    parts = [f"{statement.lines_new:,} new"]
    if statement.lines_known:
        parts.append(f"{statement.lines_known:,} known from an earlier statement")
    if statement.lines_left_out:
        parts.append(f"{statement.lines_left_out:,} left out: no deposits")
    return f"Lines: {', '.join(parts)}."


@transaction.atomic
def enter_bank_line(
    practice: Practice,
    *,
    deposited_on: date,
    amount: Decimal,
    method: str,
    by: User,
    trace_number: str = "",
    payer_identifier: str = "",
    description: str = "",
) -> BankLine:
    """One deposit typed by a person, then matched like any other.

    Raises Refusal when it is dated ahead, not above zero, or known already: a statement that brings
    it later adds nothing.
    """
    if amount <= 0:
        message = "Give an amount above zero."
        raise Refusal("amount_not_positive", message, fields={"amount": message})
    if deposited_on > timezone.localdate():
        message = "A deposit cannot be dated ahead."
        raise Refusal("dated_ahead", message, fields={"deposited_on": message})
    row = BankRow(
        0, deposited_on, to_cents(amount), trace_number, payer_identifier, description, method
    )
    line, is_new = BankLine.objects.get_or_create(
        practice=practice,
        identity=rules.line_identity(row),
        ordinal=1,
        defaults={
            "deposited_on": deposited_on,
            "amount": amount,
            "method": method,
            "trace_number": trace_number.strip(),
            "trace_key": rules.trace_key(trace_number),
            "payer_identifier": payer_identifier.strip(),
            "description": description.strip(),
            "created_by": by,
        },
    )
    if not is_new:
        raise Refusal(
            "bank_line_known",
            "A deposit of that day, amount and trace number or text is there already.",
            status=409,
        )
    events.record("bank_line.entered", line, by=by, amount=str(amount))
    match_deposits(practice)
    return line
