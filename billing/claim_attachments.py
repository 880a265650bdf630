"""Which files go with a claim: of one version, or of claims about to be drafted."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from billing.models import Claim, ClaimAttachment
from billing.rules.attachment_kinds import attachment_of
from rcm.x12.claim_837 import Attachment


class Asked(NamedTuple):
    """A visit, the rank of the payer asked, and which of how many parts the claim is.

    A file belongs to the part it was added to; of a visit that has fewer parts by now, to the last.
    """

    encounter_id: int
    rank: str
    part: int = 1
    parts: int = 1


def carried_by(claim: Claim) -> QuerySet[ClaimAttachment]:
    """The files this version of a claim goes with, without their bytes, oldest first."""
    rows = ClaimAttachment.objects.filter(
        practice_id=claim.practice_id, encounter_id=claim.encounter_id, rank=claim.rank
    )
    if claim.part < claim.parts:
        rows = rows.filter(part=claim.part)
    else:
        rows = rows.filter(part__gte=claim.part)
    kept = Q(removed_from__isnull=True) | Q(removed_from_id__gt=claim.pk)
    return rows.filter(kept, added_to_id__lte=claim.pk).defer("content").order_by("pk")


def announced_files(
    practice_id: int, asked: Iterable[Asked]
) -> defaultdict[Asked, tuple[Attachment, ...]]:
    """PWK of the newest version of each; one statement. Nothing for the others."""
    keys = set(asked)
    found: defaultdict[Asked, tuple[Attachment, ...]] = defaultdict(tuple)
    rows = ClaimAttachment.objects.filter(
        practice_id=practice_id,
        encounter_id__in={key.encounter_id for key in keys},
        removed_from__isnull=True,
    ).order_by("pk")
    of_visit: dict[tuple[int, str], list[Asked]] = defaultdict(list)
    for key in keys:
        of_visit[key.encounter_id, key.rank].append(key)
    for encounter_id, rank, part, *pwk in rows.values_list(
        "encounter_id", "rank", "part", "report_type", "transmission", "control_number"
    ):
        for key in of_visit[encounter_id, rank]:
            if key.part == min(part, key.parts):
                found[key] += (attachment_of(*pwk),)
    return found


def goes_with(part: int, claim: str = "") -> Q:
    """The claims a file of this part goes with: the part, or the last one when there are fewer.

    `claim` is the path to the claim from what is filtered, such as "claim__".
    """
    is_last = Q((f"{claim}part__lt", part), (f"{claim}part", F(f"{claim}parts")))
    return Q((f"{claim}part", part)) | is_last


def newest_claim(attachment: ClaimAttachment) -> Claim:
    """The version of the claim that may still change, or the last one there was."""
    rows = Claim.objects.filter(
        practice_id=attachment.practice_id,
        encounter_id=attachment.encounter_id,
        rank=attachment.rank,
    ).filter(goes_with(attachment.part))
    return rows.select_related("patient", "payer", "practice").latest("pk")
