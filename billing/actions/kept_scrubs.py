"""Keeping what the checks answered, and what each claim was sent under."""

from collections import defaultdict
from collections.abc import Collection

from billing.models import Claim, ClaimScrub
from billing.rules.findings import ClaimFacts, Scrubbed
from billing.rules.scrubbing import CATALOGUE_VERSION


def scrub_row(claim: Claim, scrubbed: Scrubbed, facts: ClaimFacts) -> ClaimScrub:
    """The row of one run of the checks, not yet written."""
    lacking: dict[str, list[str]] = defaultdict(list)
    for each in scrubbed.not_checked:
        lacking[each.reason].append(each.code)
    return ClaimScrub(
        practice_id=claim.practice_id,
        claim=claim,
        catalogue_version=CATALOGUE_VERSION,
        checks=scrubbed.checks,
        failed=scrubbed.failed_codes,
        not_checked=lacking,
        releases={
            table.value: release.name for table, release in facts.codes.tables.releases.items()
        },
    )


def last_scrubs(practice_id: int, claim_ids: Collection[int]) -> dict[int, int]:
    """The id of the newest run of each claim that has one. One statement."""
    rows = (
        ClaimScrub.objects.filter(practice_id=practice_id, claim_id__in=claim_ids)
        .order_by("claim_id", "-id")
        .distinct("claim_id")
        .values_list("claim_id", "id")
    )
    return dict(rows)
