"""What the practice agreed with payers, its claim rules, and answers that are late, for the pages.

Nothing here changes how other claims of the practice are sent or priced.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from billing.actions.claim_rules import enable_rule, make_rule, retire_rule, try_rule
from billing.actions.claim_scrubs import scrub_claim
from billing.actions.claims import replace_claim
from billing.actions.reroutes import reroute
from billing.models import (
    AnswerClock,
    AnswerError,
    Batch,
    BatchAnswer,
    Claim,
    ClaimRule,
    FileProblem,
    InterchangeFile,
    Rejection,
)
from payers.actions.authorizations import add_rule, save_authorization
from payers.actions.contracts import save_contract, save_plan
from payers.actions.routes import add_channel, set_route
from payers.models import Channel, Coverage, EditTableRelease, Payer
from rcm.models import Practice, User

FIRST_DAY = date(2026, 1, 1)
EVERY_CODE = "procedure from 00100 to 99999"


def agree_with_payers(practice: Practice, *, by: User) -> None:
    make_rules(practice, by=by)
    authorize(practice, by=by)
    sign_contracts(practice, by=by)
    move_eligibility(practice, by=by)
    send_corrected(practice, by=by)
    leave_unanswered(practice)
    reject_claims(practice, by=by)
    EditTableRelease.objects.create(
        table="mue_practitioner",
        name="2020 Q1",
        starts_on=date(2020, 1, 1),
        ends_on=date(2020, 3, 31),
        checksum="5e" * 32,
        row_count=14_237,
    )


def make_rules(practice: Practice, *, by: User) -> None:
    """One in force that holds claims, one draft, one retired."""
    terms = {"starts_on": FIRST_DAY, "ends_on": None, "set_field": "", "set_value": ""}
    holding, draft, retired = (
        make_rule(practice, by=by, name=name, terms=text, action=action, message=message, **terms)
        for name, text, action, message in (
            (
                "Second look at held claims",
                EVERY_CODE,
                ClaimRule.Action.HOLD,
                "Held claims get a second look. Add the note the payer asks for.",
            ),
            (
                "Injections beside a visit",
                "procedure from 99202 to 99215\nmodifiers lack 25\nprocedures have 20610, 20611",
                ClaimRule.Action.WARN,
                "A visit beside an injection needs modifier 25.",
            ),
            ("Claims above 10,000", "amount above 10000", ClaimRule.Action.WARN, "Call first."),
        )
    )
    for rule in (holding, draft):
        try_rule(rule, by=by)
    enable_rule(holding, by=by)
    retire_rule(retired, by=by)
    for claim in Claim.objects.filter(practice=practice, status="held"):
        scrub_claim(claim, by=by)


def authorize(practice: Practice, *, by: User) -> None:
    """Approved and ending soon, approved and open, asked for."""
    today = timezone.localdate()
    coverages = Coverage.objects.filter(practice=practice, ends_on=None).order_by("pk")
    rows = (
        ("PA-4471802", "approved", 12, today + timedelta(days=5)),
        ("PA-4471955", "approved", 6, None),
        ("", "requested", 4, today + timedelta(days=90)),
    )
    for coverage, (number, state, quantity, ends_on) in zip(coverages[:3], rows, strict=True):
        save_authorization(
            coverage,
            codes="97110, 97140",
            by=by,
            number=number,
            state=state,
            counts="units",
            quantity=quantity,
            starts_on=FIRST_DAY,
            ends_on=ends_on,
            provider=None,
            note="",
        )
    payer = Payer.objects.filter(practice=practice).order_by("pk")[0]
    add_rule(payer, "70551-70553, 97110", starts_on=FIRST_DAY, by=by, note="By fax, 2 days before")


def sign_contracts(practice: Practice, *, by: User) -> None:
    """Of a plan nobody is in: no expected amount of the practice changes."""
    payer = Payer.objects.filter(practice=practice).order_by("pk")[0]
    days = {"timely_filing_days": 120, "corrected_claim_days": 180}
    dates = {"starts_on": FIRST_DAY, "ends_on": None}
    plan = save_plan(
        payer,
        by=by,
        name="Preferred Gold",
        group_pattern="7[0-9]{5}",
        filing_indicator="12",
        requires_referral=True,
        **days,
        **dates,
    )
    save_contract(
        payer,
        by=by,
        plan=plan,
        name="Preferred Gold 2026",
        method="medicare",
        percent=118,
        schedule=None,
        reduces_multiple=True,
        reduces_bilateral=True,
        pays_lesser=True,
        **days,
        **dates,
    )


def move_eligibility(practice: Practice, *, by: User) -> None:
    """Questions about one payer go by a second channel, which is closed before anybody calls it."""
    old = Channel.objects.get(practice=practice)
    payers = Payer.objects.filter(practice=practice).order_by("-pk")
    with transaction.atomic():
        new = add_channel(
            practice,
            by=by,
            name="Second clearinghouse",
            host="sftp.second.example.test",
            username="lakeside",
            secret_name="second",
            submitter_id="LAKESIDE2",
            receiver_id="SECOND",
            receiver_name="SECOND CLEARINGHOUSE",
            is_test=old.is_test,
        )
        for channel, identifier in ((old, "HM001"), (new, "77301")):
            set_route(
                payers[0],
                channel,
                "270",
                payer_identifier=identifier,
                enrolment="approved",
                by=by,
            )
        set_route(payers[1], new, "276", payer_identifier="77309", enrolment="requested", by=by)
        reroute(old, new, by=by, payers=[payers[0]], reason="Outage at the first")
        Channel.objects.filter(pk=new.pk).update(is_active=False)


def send_corrected(practice: Practice, *, by: User) -> None:
    """A paid claim gets a successor, so that both show their banner."""
    paid = Claim.objects.filter(
        practice=practice, status="adjudicated", denials=None, remitted__amount_paid__gt=0
    )
    once = paid.annotate(decisions=Count("remitted")).filter(decisions=1)
    replace_claim(once.order_by("-pk")[0], by=by)


def leave_unanswered(practice: Practice) -> None:
    """A file of two days ago that nobody answered, for a payer that answers within two hours."""
    batch = Batch.objects.filter(practice=practice, state="acknowledged").order_by("-pk")[0]
    sent_at = timezone.now() - timedelta(days=2)
    Batch.objects.filter(pk=batch.pk).update(form_answered_at=None, sent_at=sent_at)
    AnswerClock.objects.update_or_create(
        practice=practice,
        payer=batch.payer,
        step="form",
        defaults={
            "expected_within": timedelta(hours=2),
            "answers_count": 12,
            "learned_at": timezone.now(),
        },
    )


def reject_claims(practice: Practice, *, by: User) -> None:
    """Held claims that came back: two for the same place, one overdue; a 999 of nobody's file."""
    now = timezone.now()
    batch = Batch.objects.filter(practice=practice).order_by("pk")[0]
    file = InterchangeFile.objects.filter(practice=practice, direction="in").order_by("pk")[0]
    answer = BatchAnswer.objects.create(
        practice=practice, batch=batch, file=file, kind="999", code="E", message="Two errors"
    )
    claims = Claim.objects.filter(practice=practice, status="held").order_by("pk")[:3]
    for at, claim in enumerate(claims):
        place = ("Policy holder, id", "ID missing") if at < 2 else ("Patient, birth date", "Format")
        shared = {"practice": practice, "claim": claim, "field": place[0], "value_sent": f"X{at}17"}
        AnswerError.objects.create(
            **shared,
            answer=answer,
            position=11 + at,
            segment="NM1",
            element=9,
            code="7",
            message=f"{place[0]}: {place[1].lower()}.",
        )
        rejected_at = now - timedelta(hours=20 + 5 * at)
        Rejection.objects.create(
            **shared,
            batch=batch,
            file=file,
            source="999",
            reason=f"999:NM109:{min(at, 1)}",
            label=f"{place[0]}: {place[1].lower()}",
            message=f"The file was rejected for its form (999): {place[0]}.",
            owner=by if at else None,
            is_contradicted=at == 0,
            rejected_at=rejected_at,
            due_at=rejected_at + timedelta(hours=24),
        )
    FileProblem.objects.create(
        practice=practice,
        file=file,
        code="unknown_batch",
        severity="error",
        message="The 999 answers a file of ours that is not known here.",
    )
