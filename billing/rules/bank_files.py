"""Bytes of a bank's file to its movements, whichever of the two formats it is."""

from billing.rules.bai2 import read_bai2
from billing.rules.bank_csv import read_csv
from billing.rules.bank_rows import BankFile, BankRow, Fault

__all__ = ["BankFile", "BankRow", "Fault", "read_bank_file"]


def read_bank_file(content: bytes) -> BankFile:
    """BAI2 when it begins with record 01, else CSV. UTF-8 with or without mark, else Windows-1252.

    Never raises: a file that is neither gives a fault.
    """
    if b"\x00" in content:
        return BankFile("csv", faults=[Fault(1, "file", "not_text", "This is no text file.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip():
        return BankFile("csv", faults=[Fault(1, "file", "empty", "The file is empty.")])
    return read_bai2(text) if text.lstrip().startswith("01,") else read_csv(text)
