"""Reads a bank's CSV export: columns are found by the names of their headers.

Every row is read; each that cannot be gives a fault with its line and column, and then no row of
the file is used.
"""

import csv
import re
from datetime import date, datetime
from io import StringIO

from billing.rules.bank_rows import BankFile, BankRow, Fault, find_method, find_trace, keep

# What banks call a column; letters and digits only.
HEADERS = {
    "date": "date postingdate postdate posteddate transactiondate depositdate depositedon valuedate"
    " effectivedate bookingdate",
    "amount": "amount transactionamount amountusd netamount",
    "credit": "credit credits creditamount deposit deposits depositamount moneyin",
    "debit": "debit debits debitamount withdrawal withdrawals moneyout",
    "description": "description memo details transactiondescription narrative addenda text",
    "name": "name payee payer payername companyname originator originatorname",
    "trace": "trace tracenumber trn eftnumber reassociationtrace reassociationtracenumber",
    "reference": "reference referencenumber ref checknumber checkno checkorslip checkorslipnumber"
    " check transactionid customerreference",
    "payer": "tin payertin payerid payeridentifier companyid originatorid taxid",
    "method": "method type transactiontype paymenttype paymentmethod",
}
# Header -> column and how good a name it is for it, 0 the best.
COLUMNS = {
    name: (column, rank)
    for column, names in HEADERS.items()
    for rank, name in enumerate(names.split())
}
DATES = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%Y%m%d", "%d-%b-%Y", "%b %d, %Y"]
PLAIN = re.compile(r"(?:\d{1,10}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,2})?|\.\d{1,2}")
METHODS = {"eft": "eft", "ach": "eft", "check": "check", "card": "card"}
LARGEST = 10**12  # cents
PREAMBLE = 15  # lines some banks put above the headers
FAULTS = 100
ROWS = 200_000


def read_csv(text: str) -> BankFile:
    """All rows in the order of the file, or the faults."""
    file = BankFile("csv")
    try:
        read_rows(file, text)
    except csv.Error as error:
        file.faults.append(Fault(1, "file", "bad_csv", f"This is no CSV: {error}."))
    if file.faults:
        file.rows.clear()
    return file


def read_rows(file: BankFile, text: str) -> None:
    reader = csv.reader(StringIO(text), delimiter=delimiter_of(text))
    columns: dict[str, int] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = find_columns(cells)
            if not columns and reader.line_num > PREAMBLE:
                break
            continue
        if len(file.faults) >= FAULTS or len(file.rows) >= ROWS:
            message = f"Only {FAULTS} faults are listed and {ROWS:,} rows read; the file has more."
            file.faults.append(Fault(reader.line_num, "file", "too_many", message))
            return
        row = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        read_row(file, reader.line_num, row)
    if not columns:
        message = "No line names a date and an amount column."
        file.faults.append(Fault(1, "headers", "no_headers", message))
    elif not file.rows and not file.faults:
        file.faults.append(Fault(1, "file", "empty", "The file holds no deposit."))


def delimiter_of(text: str) -> str:
    head = "\n".join(text.splitlines()[:PREAMBLE])
    return max(",;\t", key=head.count)


def find_columns(cells: list[str]) -> dict[str, int]:
    """Column -> place, when the cells are headers: a date and a kind of amount must be named."""
    found: dict[str, tuple[int, int]] = {}
    for at, cell in enumerate(cells):
        column, rank = COLUMNS.get(re.sub(r"[^a-z0-9]", "", cell.lower()), ("", 0))
        if column and (column not in found or rank < found[column][0]):
            found[column] = (rank, at)
    if "date" not in found or not found.keys() & {"amount", "credit"}:
        return {}
    return {column: at for column, (_, at) in found.items()}


def read_row(file: BankFile, line: int, row: dict[str, str]) -> None:
    """One row to a movement, or its faults."""
    day, amount = date_of(row.get("date", "")), amount_of_row(row)
    if day is None:
        message = f"“{row.get('date', '')[:30]}” is no date."
        file.faults.append(Fault(line, "date", "bad_date", message))
    if amount is None:
        stated = row.get("amount") or row.get("credit") or row.get("debit") or ""
        message = f"“{stated[:30]}” is no amount." if stated else "The row states no amount."
        file.faults.append(Fault(line, "amount", "bad_amount", message))
    if day is None or amount is None:
        return
    text = " ".join(filter(None, (row.get("name"), row.get("description"))))
    trace, payer = find_trace(text)
    stated_trace, inner_payer = find_trace(row.get("trace", ""))
    trace = stated_trace or row.get("trace", "") or trace or row.get("reference", "")
    method = METHODS.get(row.get("method", "").lower(), "")
    found = BankRow(
        line_number=line,
        deposited_on=day,
        amount=amount,
        trace_number=trace[:50],
        payer_identifier=(row.get("payer", "").replace("-", "") or inner_payer or payer)[:10],
        description=" ".join(text.split())[:500],
        method=method or find_method(f"{row.get('method', '')} {text}".replace("_", " ")),
        reference=row.get("reference", "")[:50],
    )
    keep(file, found)


def date_of(text: str) -> date | None:
    """Month before day, as US banks write it; ISO too. None when it is no date."""
    for form in DATES:
        try:
            found = datetime.strptime(text.strip().title(), form).date()  # noqa: DTZ007  (a date)
        except ValueError:
            continue
        return found if found.year >= 2000 else None
    return None


def amount_of_row(row: dict[str, str]) -> int | None:
    """Cents of the amount column, else of credit less debit. None when neither can be read."""
    if row.get("amount"):
        return amount_of(row["amount"])
    amounts = [amount_of(row[name]) for name in ("credit", "debit") if row.get(name)]
    if not amounts or None in amounts:
        return None
    credit = amount_of(row.get("credit") or "0") or 0
    debit = amount_of(row.get("debit") or "0") or 0
    return credit - abs(debit)


def amount_of(text: str) -> int | None:
    """``"1,234.00"`` to 123400, ``(12.00)`` and ``12.00-`` to -1200; None when it is no amount.

    Commas only where thousands end: 12,50 would be read a hundredfold.
    """
    text = text.strip()
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip()
    elif text[:1] in ("-", "\u2212") or text[-1:] == "-":
        sign, text = -1, text.strip("-\u2212").strip()
    text = text.removeprefix("+").removeprefix("$").strip()
    if not PLAIN.fullmatch(text) or not text.isascii():
        return None
    whole, _, fraction = text.replace(",", "").partition(".")
    cents = int(whole or "0") * 100 + int(fraction.ljust(2, "0"))
    return sign * cents if cents < LARGEST else None
