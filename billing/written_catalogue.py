"""The catalogue of checks as a page of the documentation."""

from collections.abc import Iterator
from itertools import groupby

from billing.rules.findings import BOTH, Scrub
from billing.rules.scrubbing import SCRUBS

HEAD = """# Checks of a claim

Every claim goes through these checks before it is sent: when it is drafted, when somebody checks it
again, and for a stranger's file by `manage.py scrub_837`. This page is written by
`manage.py write_scrub_catalogue` from the catalogue itself; a test fails when it is not up to date.

A check **passes**, **fails**, or **is not checked** because a fact is missing: a table that is not
loaded, a payer who was not asked. Unknown is never counted as passed. A failed check that *blocks*
holds the claim; one that *warns* only shows. P is the professional claim (837P), I the
institutional one (837I).

What a claim keeps: for every run the version of the catalogue, the releases of the tables that
answered, the checks that failed, and those not made with their reason. The last run before a claim
is sent is kept with the sending.

## Anybody's file
`manage.py scrub_837 FILE [--json] [--today YYYY-MM-DD]` reads an 837P or 837I of any practice. It
stores nothing. With `--json` each line is one object: a claim (`claim`, `transaction`, `position`,
`form`, `findings`, `not_checked`) or a problem of the file (`problem`, with its segment and byte).
It ends with 0 when the file was read and 1 when it is no 837 of version 005010X222 or 005010X223.
"""


def write_catalogue() -> str:
    """The whole page."""
    parts = [HEAD, f"## All {len(SCRUBS)} checks\n"]
    for subject, checks in groupby(SCRUBS, key=_subject):
        parts.append(f"### {subject}\n| Code | Check | | Form | Where | Rule | Tables |")
        parts[-1] += "\n|---|---|---|---|---|---|---|\n" + "".join(_rows(checks))
    return "\n".join(parts)


def _subject(check: Scrub) -> str:
    """The module a check stands in, without its prefix: `scrub_cob` is Cob."""
    module = check.look.__module__.rpartition(".")[2]
    return module.removeprefix("scrub_").replace("_", " ").capitalize()


def _rows(checks: Iterator[Scrub]) -> Iterator[str]:
    for check in checks:
        forms = "P, I" if check.forms == BOTH else check.forms[0][0].upper()
        verb = "blocks" if check.severity == "blocking" else "warns"
        tables = ", ".join(check.tables) or ("facts" if check.missing else "")
        yield (
            f"| `{check.code}` | {check.title} | {verb} | {forms} | {check.element} "
            f"| {check.source} | {tables} |\n"
        )
