"""Files that go with a claim, apart from it: what PWK announces."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.claims import Claim
from billing.models.fields import CompressedBinaryField
from billing.rules.attachment_files import TEXT, TIFF
from billing.rules.attachment_kinds import REPORT_TYPES, TRANSMISSIONS
from billing.rules.page_images import JPEG, PDF, PNG
from coding.models import Encounter
from payers.models import Rank
from rcm.models import OwnedByPractice, User


class ClaimAttachment(OwnedByPractice):
    """One file for the payer of one rank. Every version of the visit's claim to it carries it.

    Of a visit that is several claims, those of its `part`; when it has fewer by now, the last.
    `control_number` is PWK06 and stands on the packet too. `added_to` and `removed_from` are the
    versions it came and went with: a version carries what was added to it or an older one and not
    removed by then. A file that a sending named is kept when it is removed. `content_type` is what
    the bytes are, `pages` what they take in print.
    """

    class Kind(models.TextChoices):
        PDF = PDF, "PDF"
        PNG = PNG, "PNG"
        JPEG = JPEG, "JPEG"
        TIFF = TIFF, "TIFF"
        TEXT = TEXT, "Text"

    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, related_name="claim_attachments", db_index=False
    )
    rank = models.CharField(max_length=1, choices=Rank)
    report_type = models.CharField(max_length=2, choices=list(REPORT_TYPES.items()))
    transmission = models.CharField(max_length=2, choices=list(TRANSMISSIONS.items()))
    control_number = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=20, choices=Kind)
    content = CompressedBinaryField()
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    part = models.PositiveSmallIntegerField(default=1, db_default=1)
    added_to = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="added_attachments", db_index=False
    )
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    removed_from = models.ForeignKey(
        Claim,
        on_delete=models.PROTECT,
        related_name="removed_attachments",
        null=True,
        blank=True,
        db_index=False,
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            # The payer finds the file by it; it must mean one file for ever.
            models.UniqueConstraint(
                fields=["practice", "control_number"], name="attachment_number_once"
            ),
            # The same bytes go with a part to a payer once.
            models.UniqueConstraint(
                fields=["encounter", "rank", "part", "sha256"],
                condition=Q(removed_from__isnull=True),
                name="attachment_bytes_once",
            ),
            models.CheckConstraint(
                condition=Q(report_type__in=list(REPORT_TYPES)), name="attachment_report_known"
            ),
            models.CheckConstraint(
                condition=Q(transmission__in=list(TRANSMISSIONS)), name="attachment_way_known"
            ),
            # A browser is told one of these types and no other.
            models.CheckConstraint(
                condition=Q(content_type__in=[PDF, PNG, JPEG, TIFF, TEXT]),
                name="attachment_type_known",
            ),
            # PWK06: 2 to 50 characters, here letters and digits, which every file can carry.
            models.CheckConstraint(
                condition=Q(control_number__regex=r"^[A-Z0-9]{2,50}$"),
                name="attachment_number_well_formed",
            ),
            models.CheckConstraint(condition=Q(pages__gte=1), name="attachment_has_pages"),
            # Removed from a version means at a time.
            models.CheckConstraint(
                condition=Q(removed_from__isnull=True, removed_at__isnull=True)
                | Q(removed_from__isnull=False, removed_at__isnull=False),
                name="attachment_removed_has_time",
            ),
        ]
        indexes = [
            # What the claims being drafted carry, and what one version carried.
            models.Index(fields=["encounter", "rank"], name="attachment_of_visit"),
        ]

    def __str__(self) -> str:
        return self.control_number
