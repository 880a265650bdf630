"""What a claim keeps of its checks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from rcm.models import OwnedByPractice, Practice


class ClaimScrub(OwnedByPractice):
    """One run of the checks over one claim.

    A check of the catalogue in this version that is named nowhere here passed: `checks` is how
    many its form has, `failed` the codes that found something, `not_checked` maps each reason to
    the codes that lacked it. `releases` maps each edit table to the name of the release that
    answered. What the failed checks said are the claim's findings.
    """

    # The newest row of a claim is asked for by the index below, a practice's rows never.
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claim = models.ForeignKey(
        "billing.Claim", on_delete=models.PROTECT, related_name="scrubs", db_index=False
    )
    ran_at = models.DateTimeField(db_default=Now())
    catalogue_version = models.CharField(max_length=12)
    checks = models.PositiveSmallIntegerField()
    failed = ArrayField(models.CharField(max_length=40), default=list)
    not_checked = models.JSONField(default=dict)
    releases = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # The last check of a claim, and the one it was sent under.
            models.Index(fields=["claim", "-id"], name="claim_scrub_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} under {self.catalogue_version}"
