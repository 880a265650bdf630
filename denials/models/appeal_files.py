"""What goes with an appeal: pages of the chart, uploaded files, and the packet that was sent."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models import ClaimAttachment
from billing.models.fields import CompressedBinaryField
from coding.models import Document
from denials.models.appeals import Appeal
from denials.rules.appeals import ITEMS
from rcm.models import OwnedByPractice, User

PACKET = "packet"


class AppealDocument(OwnedByPractice):
    """A page of the chart that goes with an appeal."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appeal", "document"], name="appeal_document_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.document_id}"


class AppealFile(OwnedByPractice):
    """An uploaded file, under the item of the checklist it is for; or the packet as it was sent."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    item = models.CharField(max_length=15, choices=[*ITEMS.items(), (PACKET, "Packet as sent")])
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=20, choices=ClaimAttachment.Kind)
    content = CompressedBinaryField()
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            # The same bytes once per appeal; one packet left.
            models.UniqueConstraint(fields=["appeal", "sha256"], name="appeal_file_once"),
            models.UniqueConstraint(
                fields=["appeal"], condition=Q(item=PACKET), name="appeal_packet_once"
            ),
            models.CheckConstraint(
                condition=Q(item__in=[*ITEMS, PACKET], pages__gte=1)
                & ~Q(item="letter")
                & Q(content_type__in=ClaimAttachment.Kind.values),
                name="appeal_file_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
