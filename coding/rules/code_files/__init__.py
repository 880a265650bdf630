"""Readers of the official files of code sets: bytes or lines in, rows out, no database.

Each stops at the first row that is not what the publisher's layout says, with a TableFault that
names the file, the line and what was expected there.
"""
