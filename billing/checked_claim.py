"""What pages show of the checks of a claim, and of the catalogue of checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from billing.models import Claim, ClaimScrub
from billing.rules.findings import WARNING, Scrub
from billing.rules.scrubbing import CATALOGUE_VERSION, LABELS, SCRUBS

SEVERITIES = {scrub.code: scrub.severity for scrub in SCRUBS}


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """The last run of the checks over a claim, ready to be shown.

    `not_checked` has each reason with the titles of the checks that lacked it.
    """

    ran_at: datetime
    version: str
    is_current: bool
    passed: int
    errors: int
    warnings: int
    not_checked: list[tuple[str, list[str]]]
    releases: list[tuple[str, str]]

    @property
    def not_checked_count(self) -> int:
        return sum(len(titles) for _, titles in self.not_checked)


def checked_of(claim: Claim) -> CheckedClaim | None:
    """The newest run; for a claim that was sent the one it was sent under. One statement."""
    scrubs = ClaimScrub.objects.filter(practice_id=claim.practice_id, claim=claim)
    sent = [each.scrub_id for each in claim.submissions.all() if each.scrub_id]
    row = (scrubs.filter(pk=sent[-1]) if sent else scrubs.order_by("-id")).first()
    return show_scrub(row) if row is not None else None


def show_scrub(row: ClaimScrub) -> CheckedClaim:
    """A stored run with the words of today's catalogue; a code it no longer has stands itself."""
    lacking = [(reason, codes) for reason, codes in row.not_checked.items()]
    missed = sum(len(codes) for _, codes in lacking)
    warnings = sum(SEVERITIES.get(code) == WARNING for code in row.failed)
    return CheckedClaim(
        ran_at=row.ran_at,
        version=row.catalogue_version,
        is_current=row.catalogue_version == CATALOGUE_VERSION,
        passed=row.checks - len(row.failed) - missed,
        errors=len(row.failed) - warnings,
        warnings=warnings,
        not_checked=[
            (reason, [LABELS.get(code, code) for code in codes]) for reason, codes in lacking
        ],
        releases=sorted(row.releases.items()),
    )


def find_checks(wanted: QueryDict | dict[str, str]) -> list[Scrub]:
    """The checks of the catalogue by `q` (words of any text), `severity`, `form` and `table`."""
    words = wanted.get("q", "").lower().split()
    severity, form, table = (wanted.get(name, "") for name in ("severity", "form", "table"))
    return [
        check
        for check in SCRUBS
        if (not severity or check.severity == severity)
        and (not form or form in check.forms)
        and (not table or table in check.tables)
        and _has_words(check, words)
    ]


def _has_words(check: Scrub, words: Iterable[str]) -> bool:
    text = f"{check.code} {check.title} {check.element} {check.source} {check.fix}".lower()
    return all(word in text for word in words)


def tables_needed() -> list[str]:
    """The edit tables some check asks, by name."""
    return sorted({table.value for check in SCRUBS for table in check.tables})


def describe_check(check: Scrub) -> dict[str, Any]:
    """A check as plain values, for the API and the written catalogue."""
    return {
        "code": check.code,
        "title": check.title,
        "severity": check.severity,
        "forms": [form.value for form in check.forms],
        "element": check.element,
        "fix": check.fix,
        "source": check.source,
        "tables": [table.value for table in check.tables],
        "needs_facts": check.missing is not None,
    }
