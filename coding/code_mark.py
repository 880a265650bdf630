"""What tells a process that what it keeps of the code sets is of yesterday."""

from django.db import connection

# The highest numbers of the tables: read from their indexes, whatever their length. A preview loads
# nothing. A release that only ends codes has a number, our own terms have no release.
MARK = """
    SELECT coalesce((SELECT max(id) FROM coding_code), 0),
        coalesce((SELECT max(id) FROM coding_codeterm), 0),
        coalesce((SELECT max(id) FROM coding_coderelease
            WHERE state = 'loaded' AND %(code_set)s IN ('', code_set)), 0)
"""


def loaded_mark(code_set: str = "") -> str:
    """Changes when codes, terms or a release are loaded; with `code_set`, of releases only by
    those of this set. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"code_set": code_set})
        numbers = cursor.fetchone()
    return ".".join(str(number) for number in numbers)
