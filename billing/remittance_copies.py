"""What a payment is a duplicate, addition, part or new version of, and who repeated it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from billing.models import InterchangeFile, Remittance, RemittanceCopy

# Of a transaction, about the remittance it says again.
OF_FILE = {
    "duplicate": "Duplicate of",
    "addition": "Repeats and adds to",
    "part": "Further part of",
    "new_version": "New version of",
}
# Of a remittance, about the transaction that said it again.
OF_REMITTANCE = {
    "duplicate": "Received again",
    "addition": "Repeated, with more claims",
    "part": "A further part came",
    "new_version": "A new version came",
}
# A transaction of these kinds is a remittance of its own.


def names(remittance: Remittance) -> str:
    """A payment by what people know of it: check 4711 of Aetna, received 11/20 in a.835."""
    payer = remittance.payer.name if remittance.payer else remittance.payer_name
    received = timezone.localdate(remittance.recorded_at)
    where = f" in {remittance.file.name}" if remittance.file else ""
    kind = "check" if remittance.method == "CHK" else "payment"
    return (
        f"({kind} {remittance.trace_number} of {payer or 'an unknown payer'}, "
        f"received {received:%m/%d}{where})"
    )


def repeats_of_file(file: InterchangeFile) -> list[dict[str, Any]]:
    """What of the file was known before: a sentence with the remittance it is about."""
    copies = with_remittances(file.remittance_copies.order_by("pk"))
    return [link_of(OF_FILE[copy.kind], copy.remittance) for copy in copies]


def with_remittances(copies: Any) -> Any:
    """With what `names` says of each; never the bytes of a file, which may be many."""
    rows = copies.select_related("remittance__payer", "remittance__file")
    return rows.defer("remittance__file__content")


def link_of(words: str, remittance: Remittance) -> dict[str, Any]:
    return {
        "words": words,
        "label": f"remittance {remittance.pk}",
        "url": reverse("remittance", args=[remittance.pk]),
        "note": names(remittance),
    }


def relations_of(remittance: Remittance) -> list[dict[str, Any]]:
    """Links to everything that says this payment again, or that this one says again."""
    found = [link_of("Replaced by", row) for row in replacements(remittance)]
    found += [link_of("Replaces", row) for row in linked(remittance.replaces.all())]
    linked_ids = {remittance.pk, remittance.replaced_by_id}
    linked_ids |= {row.pk for row in remittance.replaces.all()}
    if remittance.file_id:
        said = RemittanceCopy.objects.filter(
            practice_id=remittance.practice_id, file=remittance.file_id, kind="addition"
        ).filter(transaction_number=remittance.transaction_number)
        for copy in with_remittances(said):
            found.append(link_of("Adds to", copy.remittance))
            linked_ids.add(copy.remittance_id)
    copies = remittance.copies.select_related("file").defer("file__content").order_by("pk")
    found += [copy_row(copy) for copy in copies]
    twins = Remittance.objects.filter(
        practice_id=remittance.practice_id,
        payer_identifier=remittance.payer_identifier,
        trace_number=remittance.trace_number,
        paid_on=remittance.paid_on,
    ).exclude(pk__in=[pk for pk in linked_ids if pk])
    found += [link_of("Same payer, number and day as", row) for row in linked(twins)]
    return found


def replacements(remittance: Remittance) -> Iterable[Remittance]:
    return linked(Remittance.objects.filter(Q(pk=remittance.replaced_by_id)))


def linked(rows: Any) -> Iterable[Remittance]:
    rows = rows.select_related("payer", "file").defer("file__content")
    found: Iterable[Remittance] = rows.order_by("pk")
    return found


def copy_row(copy: RemittanceCopy) -> dict[str, Any]:
    """A file that said this payment again."""
    known = f"{copy.known_count:,} of {copy.claims_count:,} entries known"
    return {
        "words": f"{OF_REMITTANCE[copy.kind]} in",
        "label": copy.file.name or f"file {copy.file_id}",
        "url": reverse("file", args=[copy.file_id]),
        "note": f"on {timezone.localdate(copy.received_at):%m/%d/%Y}, {known}",
    }
