"""Files that came in or went out, kept byte for byte."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.fields import CompressedBinaryField
from payers.models import Channel
from rcm.models import OwnedByPractice, User


class InterchangeFile(OwnedByPractice):
    """Stored bytes of an X12 file, unchanged. The same bytes are received once.

    `note` says in one sentence why a file was set aside (`ignored`) or could not be read.
    """

    class Direction(models.TextChoices):
        IN = "in", "Received"
        OUT = "out", "Sent"

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        READ = "read", "Read"
        FAILED = "failed", "Not readable"
        IGNORED = "ignored", "Set aside"
        SENT = "sent", "Sent"

    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="files", null=True, blank=True
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, blank=True)
    content = CompressedBinaryField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    note = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # The same bytes are one file, however often they arrive.
            models.UniqueConstraint(
                fields=["practice", "direction", "sha256"], name="file_bytes_once"
            ),
        ]
        indexes = [
            # The sweep looks for files nobody has read yet.
            models.Index(
                fields=["practice", "id"],
                name="file_unread",
                condition=Q(direction="in", state="received"),
            ),
            models.Index(fields=["practice", "-id"], name="file_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class ArchiveMember(OwnedByPractice):
    """A file that came inside a zip or gzip archive; both are kept. It may come in several."""

    archive = models.ForeignKey(InterchangeFile, on_delete=models.PROTECT, related_name="members")
    file = models.ForeignKey(InterchangeFile, on_delete=models.PROTECT, related_name="archives")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            # An archive of an archive is not opened.
            models.CheckConstraint(
                condition=~Q(archive=models.F("file")), name="archive_member_is_another_file"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileProblem(OwnedByPractice):
    """A located defect in a file (rcm.x12.problems.Problem)."""

    file = models.ForeignKey(InterchangeFile, on_delete=models.PROTECT, related_name="problems")
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)
    message = models.CharField(max_length=300)
    segment_number = models.IntegerField(null=True)
    byte_offset = models.BigIntegerField(null=True)
    loop = models.CharField(max_length=10, blank=True)
    element = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return self.message
