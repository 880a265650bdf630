"""Closes provider adjustments with later ones, finds what their references name, and undoes it."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.models import Claim, OffsetLink, ProviderAdjustment, Remittance
from billing.open_offsets import IN_LEDGER, open_amounts, open_entries
from billing.rules.offsets import Entry, keys_of, link, normalize
from payers.rules.provider_adjustments import FINAL_CODES, meaning_of
from rcm import events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import from_cents, to_cents


@transaction.atomic
def link_provider_adjustments(remittance: Remittance, *, by: User | None = None) -> int:
    """Find what the references of a posted payment name and close what they close.

    How many links were made. May be repeated: what is linked has nothing open, and what a person
    took apart stays apart. A payment that is not posted is left alone.
    """
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    ids = list(locked.provider_adjustments.order_by("position").values_list("pk", flat=True))
    if locked.state not in IN_LEDGER or not ids:
        return 0
    waiting = open_entries(locked.practice_id, locked.payer_identifier)
    # All rows this writes to are locked at once and in one order: workers wait, none is stuck.
    found = lock_entries([*ids, *waiting.values_list("pk", flat=True)])
    find_references(locked, [found[pk] for pk in ids])
    entries = entries_of(found)
    links = link(
        (entry for entry in entries if found[entry.id].remittance_id != locked.pk),
        (entry for entry in entries if found[entry.id].remittance_id == locked.pk),
        taken_apart(ids),
    )
    OffsetLink.objects.bulk_create(
        OffsetLink(
            practice_id=locked.practice_id,
            opening_id=each.opening,
            closing_id=each.closing,
            amount=from_cents(each.amount),
            method=each.method,
            linked_by=by,
        )
        for each in links
    )
    for each in links:
        tell_linked(found[each.closing], each.opening, from_cents(each.amount), by)
    return len(links)


def find_references(remittance: Remittance, own: list[ProviderAdjustment]) -> None:
    """Store the claim and the payment of ours each reference names, when it names exactly one.

    Three statements whatever the number.
    """
    keys = {row.pk: keys_of(row.reference) for row in own}
    wanted = {row.reference.strip().upper() for row in own}.union(*keys.values()) - {""}
    numbers = Claim.objects.filter(practice_id=remittance.practice_id).filter(
        Q(patient_control_number__in=wanted) | Q(payer_claim_control_number__in=wanted)
    )
    claims = list(numbers.values_list("pk", "patient_control_number", "payer_claim_control_number"))
    payments = Remittance.objects.filter(
        practice_id=remittance.practice_id,
        payer_identifier=remittance.payer_identifier,
        trace_number__in=wanted,
    ).exclude(pk=remittance.pk)
    traces = list(payments.values_list("pk", "trace_number"))
    now = timezone.now()
    for row in own:
        named = {pk for pk, ours, _ in claims if normalize(ours) in keys[row.pk]}
        named = named or {pk for pk, _, theirs in claims if normalize(theirs) in keys[row.pk]}
        paid = {pk for pk, trace in traces if normalize(trace) in keys[row.pk]}
        row.claim_id = next(iter(named)) if len(named) == 1 else None
        row.refers_to_id = next(iter(paid)) if len(paid) == 1 else None
        row.looked_at = now
    ProviderAdjustment.objects.bulk_update(own, ["claim", "refers_to", "looked_at"])


def lock_entries(ids: Iterable[int]) -> dict[int, ProviderAdjustment]:
    """Lock entries in the order of their keys. What is open is read afterwards, not before."""
    rows = ProviderAdjustment.objects.select_for_update(of=("self",)).filter(pk__in=set(ids))
    return {row.pk: row for row in rows.select_related("remittance").order_by("pk")}


def entries_of(rows: dict[int, ProviderAdjustment]) -> list[Entry]:
    """Locked rows as the rule sees them, without what has nothing open."""
    amounts = open_amounts(rows)
    return [
        Entry(
            pk,
            row.remittance.payer_identifier,
            row.code,
            keys_of(row.reference),
            normalize(row.remittance.trace_number),
            to_cents(amounts[pk]),
            row.claim_id,
            (row.remittance.paid_on, row.remittance_id, row.position),
        )
        for pk, row in rows.items()
        if amounts[pk]
    ]


def taken_apart(ids: Collection[int]) -> set[frozenset[int]]:
    """Pairs with one of `ids` that a person undid."""
    undone = OffsetLink.objects.filter(undone=OffsetLink.Undone.PERSON)
    pairs = undone.filter(Q(opening__in=ids) | Q(closing__in=ids))
    return {frozenset(pair) for pair in pairs.values_list("opening_id", "closing_id")}


def tell_linked(
    closing: ProviderAdjustment, opening_id: int, amount: Decimal, by: User | None
) -> None:
    events.record(
        "provider_adjustment.linked", closing, by=by, opening=opening_id, amount=str(amount)
    )


@transaction.atomic
def link_by_person(
    entry: ProviderAdjustment, other: ProviderAdjustment, *, by: User, amount: Decimal | None = None
) -> OffsetLink:
    """A person says that two entries close each other, in whole or by `amount`.

    Raises Refusal when they are of different payers, have the same sign, stand as they are, are not
    posted, or when less than `amount` is open of one of them.
    """
    if entry.pk == other.pk:
        raise Refusal("same_entry", "An entry does not close itself.")
    rows = lock_entries({entry.pk, other.pk})
    first, second = sorted(
        rows.values(), key=lambda row: (row.remittance.paid_on, row.remittance_id, row.position)
    )
    refuse_strange_pair(first, second)
    left = open_amounts(rows)
    most = min(abs(left[first.pk]), abs(left[second.pk]))
    wanted = most if amount is None else amount
    if not 0 < wanted <= most:
        message = f"${most:,.2f} is open of both, so ${wanted:,.2f} cannot be closed."
        raise Refusal("not_open", message, fields={"amount": message})
    made = OffsetLink.objects.create(
        practice_id=first.practice_id,
        opening=first,
        closing=second,
        amount=wanted,
        method=OffsetLink.Method.PERSON,
        linked_by=by,
    )
    tell_linked(second, first.pk, wanted, by)
    return made


def refuse_strange_pair(first: ProviderAdjustment, second: ProviderAdjustment) -> None:
    """Raises Refusal when the two can never close each other."""
    if first.practice_id != second.practice_id or (
        first.remittance.payer_identifier != second.remittance.payer_identifier
    ):
        raise Refusal("other_payer", "The two entries are of different payers.")
    if first.code in FINAL_CODES or second.code in FINAL_CODES:
        final = first if first.code in FINAL_CODES else second
        label = meaning_of(final.code).label
        raise Refusal(
            "stands_as_it_is", f"{final.code} ({label}) stands as it is: nothing is open."
        )
    if first.amount * second.amount >= 0:
        raise Refusal("same_sign", "Two entries close each other when one adds and one takes.")
    if {first.remittance.state, second.remittance.state} - set(IN_LEDGER):
        raise Refusal("remittance_not_posted", "The payment of one of them is not posted.")


@transaction.atomic
def unlink(made: OffsetLink, *, by: User) -> OffsetLink:
    """Take two entries apart; both are open again and are not linked again by themselves.

    Raises Refusal 409 when somebody was first.
    """
    locked = OffsetLink.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if locked.undone:
        raise Refusal("already_undone", "Somebody was first: the two are apart.", status=409)
    undo([locked], OffsetLink.Undone.PERSON, by)
    return locked


@transaction.atomic
def reopen_offsets(remittance: Remittance, *, by: User | None) -> int:
    """The posting of a payment was taken back: what its entries closed is open again.

    How many links were undone. They are made again when the payment is posted again.
    """
    own = ProviderAdjustment.objects.filter(remittance=remittance)
    lock_entries(own.values_list("pk", flat=True))
    links = OffsetLink.objects.select_for_update(of=("self",)).filter(undone="")
    links = links.select_related("closing")
    found = list(links.filter(Q(opening__in=own) | Q(closing__in=own)).order_by("pk"))
    undo(found, OffsetLink.Undone.TAKEN_BACK, by)
    own.update(looked_at=None)
    return len(found)


def undo(links: list[OffsetLink], why: OffsetLink.Undone, by: User | None) -> None:
    now = timezone.now()
    for row in links:
        row.undone, row.undone_by, row.undone_at = why, by, now
    OffsetLink.objects.bulk_update(links, ["undone", "undone_by", "undone_at"])
    for row in links:
        events.record(
            "provider_adjustment.unlinked", row.closing, by=by, opening=row.opening_id, why=why
        )


def remittances_to_link(practice_id: int) -> list[int]:
    """Posted payments whose provider adjustments nobody has looked at: what a message lost."""
    rows = ProviderAdjustment.objects.filter(
        practice_id=practice_id, looked_at=None, remittance__state__in=IN_LEDGER
    )
    return list(rows.order_by("remittance").values_list("remittance", flat=True).distinct()[:200])
