"""Which files go with a claim: of one version, or of claims about to be drafted."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from billing.models import Claim, ClaimAttachment
from billing.rules.attachment_kinds import attachment_of
from rcm.x12.claim_837 import Attachment

# A visit and the rank of the payer asked.
Asked = tuple[int, str]


def carried_by(claim: Claim) -> QuerySet[ClaimAttachment]:
    """The files this version of a claim goes with, without their bytes, oldest first."""
    rows = ClaimAttachment.objects.filter(
        practice_id=claim.practice_id, encounter_id=claim.encounter_id, rank=claim.rank
    )
    kept = Q(removed_from__isnull=True) | Q(removed_from_id__gt=claim.pk)
    return rows.filter(kept, added_to_id__lte=claim.pk).defer("content").order_by("pk")


def announced_files(
    practice_id: int, asked: Iterable[Asked]
) -> defaultdict[Asked, tuple[Attachment, ...]]:
    """PWK of the newest version for each visit and rank; one statement. Nothing for the others."""
    keys = set(asked)
    found: defaultdict[Asked, tuple[Attachment, ...]] = defaultdict(tuple)
    rows = ClaimAttachment.objects.filter(
        practice_id=practice_id,
        encounter_id__in={encounter_id for encounter_id, _ in keys},
        removed_from__isnull=True,
    ).order_by("pk")
    for encounter_id, rank, *pwk in rows.values_list(
        "encounter_id", "rank", "report_type", "transmission", "control_number"
    ):
        found[encounter_id, rank] += (attachment_of(*pwk),)
    return found


def newest_claim(attachment: ClaimAttachment) -> Claim:
    """The version of the claim that may still change, or the last one there was."""
    rows = Claim.objects.filter(
        practice_id=attachment.practice_id,
        encounter_id=attachment.encounter_id,
        rank=attachment.rank,
    )
    return rows.select_related("patient", "payer", "practice").latest("pk")
