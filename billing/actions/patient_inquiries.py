"""Questions and disputes of patients: a thread, a day to answer by, an answer that closes it."""

from django.db import transaction
from django.utils import timezone

from billing.actions.patient_payments import refuse
from billing.models import AccountInquiry, AccountMessage
from billing.patient_accounts import settings_of
from rcm import events
from rcm.business_days import add_business_days
from rcm.errors import Refusal
from rcm.models import Patient, User

LONGEST = 2_000


@transaction.atomic
def open_inquiry(patient: Patient, *, kind: str, text: str, by: User) -> AccountInquiry:
    """What a patient asks; a dispute stops statements until it is closed.

    Raises Refusal without a text.
    """
    if kind not in AccountInquiry.Kind.values:
        refuse("kind_unknown", "kind", "Choose question or dispute.")
    days = settings_of(patient.practice_id).inquiry_days
    inquiry = AccountInquiry.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        kind=kind,
        due_on=add_business_days(timezone.localdate(), days),
        opened_by=by,
    )
    write(inquiry, AccountMessage.Author.PATIENT, text, by)
    tell("account_inquiry.opened", inquiry, by, kind=kind)
    return inquiry


@transaction.atomic
def add_message(inquiry: AccountInquiry, *, author: str, text: str, by: User) -> AccountMessage:
    """One more message of the thread. Raises Refusal 409 when it is closed."""
    if author not in AccountMessage.Author.values:
        refuse("author_unknown", "author", "Choose who said it.")
    made = write(take(inquiry), author, text, by)
    tell("account_inquiry.message_added", inquiry, by)
    return made


@transaction.atomic
def close_inquiry(inquiry: AccountInquiry, *, answer: str, by: User) -> AccountInquiry:
    """Close it with an answer; after a dispute statements go out again.

    Raises Refusal without an answer, 409 when somebody was first.
    """
    locked = take(inquiry)
    write(locked, AccountMessage.Author.PRACTICE, answer, by, is_answer=True)
    locked.closed_by, locked.closed_at = by, timezone.now()
    locked.save(update_fields=["closed_by", "closed_at"])
    tell("account_inquiry.closed", locked, by)
    return locked


def take(inquiry: AccountInquiry) -> AccountInquiry:
    """Lock an open one. Raises Refusal 409 when somebody closed it."""
    locked = AccountInquiry.objects.select_for_update(of=("self",)).get(pk=inquiry.pk)
    if locked.closed_at is not None:
        raise Refusal("inquiry_closed", "Somebody was first: it is closed.", status=409)
    return locked


def write(
    inquiry: AccountInquiry, author: str, text: str, by: User, *, is_answer: bool = False
) -> AccountMessage:
    """A message of the thread. Raises Refusal for an empty or too long one."""
    words = text.strip()
    if not words or len(words) > LONGEST:
        refuse("text_wrong", "text", f"Write something, at most {LONGEST:,} characters.")
    return AccountMessage.objects.create(
        practice_id=inquiry.practice_id,
        inquiry=inquiry,
        author=author,
        text=words,
        is_answer=is_answer,
        written_by=by,
    )


def tell(name: str, inquiry: AccountInquiry, by: User, **facts: str) -> None:
    events.record(name, inquiry, by=by, patient_id=inquiry.patient_id, **facts)
