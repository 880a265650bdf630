"""What the database keeps of patients' accounts: always what the moves add up to."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from threading import Barrier

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from billing.account_list import VIEWS, AccountList
from billing.actions import patient_flags as flags
from billing.actions import patient_inquiries as inquiries
from billing.actions import patient_plans as plans
from billing.actions.patient_reversals import reverse_payment
from billing.actions.patient_statements import make_statement
from billing.balance_check import differences
from billing.models import BalanceWork, Claim, PatientBalance, Posting, VisitBalance
from billing.patient_accounts import AccountState, account_states
from billing.rules.statements import CODES
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Patient, Practice, User
from tests import make
from tests.billing.crediting import move
from tests.billing.patients import pay, share

D = Decimal


def kept(patient: Patient) -> tuple[str, str, str, date | None]:
    """Owed, overpaid, prepaid and since when, as kept."""
    assert differences(patient.practice) == []
    row = PatientBalance.objects.get(patient=patient)
    return str(row.owed), str(row.overpaid), str(row.prepaid), row.owed_since


def test_a_new_patient_has_an_account_without_a_balance(north: Practice) -> None:
    patient = make.patient(north)
    assert kept(patient) == ("0.00", "0.00", "0.00", None)
    assert VisitBalance.objects.count() == 0


def test_a_share_a_payment_and_its_reversal_are_kept(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    since = claim.date_of_service + timedelta(days=10)
    assert kept(claim.patient) == ("20.00", "0.00", "0.00", since)
    payment = pay(claim.patient, "50.00", ben)
    assert kept(claim.patient) == ("0.00", "0.00", "30.00", None)
    assert VisitBalance.objects.count() == 0
    reverse_payment(payment, reason="Returned", by=ben)
    assert kept(claim.patient) == ("20.00", "0.00", "0.00", since)
    assert BalanceWork.objects.count() == 0


def test_the_versions_of_a_visit_are_one_balance(north: Practice) -> None:
    first = share(north, "20.00")
    second = make.claim(
        north,
        encounter=first.encounter,
        replaces=first,
        frequency="7",
        status=Claim.Status.ADJUDICATED,
        adjudicated_at=timezone.now(),
    )
    move(first, "patient_receivable", "primary_receivable", "20.00", first.date_of_service)
    move(second, "primary_receivable", "patient_receivable", "20.00", first.date_of_service)
    assert kept(first.patient)[:2] == ("20.00", "0.00")
    assert PatientBalance.objects.get(patient=first.patient).insurance_lines == 0


def test_a_practice_does_not_see_the_balances_of_another(north: Practice, south: Practice) -> None:
    share(north, "20.00")
    assert differences(north) == []
    access.open_walls([south.pk])
    assert not PatientBalance.objects.exists()
    assert not VisitBalance.objects.exists()
    access.open_walls([north.pk])
    assert PatientBalance.objects.count() == 1


def test_moves_count_when_the_walls_were_closed_before_the_commit(
    north: Practice, south: Practice
) -> None:
    claim = share(north, "20.00")
    access.open_walls([south.pk])
    with connection.cursor() as db:
        db.execute("SET CONSTRAINTS settle_balances IMMEDIATE")
        db.execute("SELECT current_setting('rcm.practices')")
        assert db.fetchone()[0] == f"{{{south.pk}}}"
    access.open_walls([north.pk])
    assert PatientBalance.objects.get(patient=claim.patient).owed == D("20.00")


def test_the_check_names_what_differs_and_makes_it_anew(
    north: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = share(north, "20.00")
    call_command("check_accounts")
    PatientBalance.objects.filter(patient=claim.patient).update(owed=D("21.00"))
    VisitBalance.objects.update(owed=D("21.00"))
    with pytest.raises(CommandError, match="^1 accounts are not what their moves add up to$"):
        call_command("check_accounts", "--json")
    out = capsys.readouterr().out.splitlines()
    since = claim.date_of_service + timedelta(days=10)
    assert out == [
        f"account {claim.patient_id}: summed 20.00 0 {since} 0 0.00 0,"
        f" kept 21.00 0.00 {since} 0 0.00 0.00",
        '{"different_accounts": 1}',
    ]
    call_command("check_accounts", "--rebuild")
    assert kept(claim.patient)[0] == "20.00"
    assert Event.objects.filter(name="practice.balances_rebuilt").count() == 1


def in_view(row: AccountState, view: str) -> bool:
    """Does the account belong to the view? By the ledger and the rule, one by one."""
    belongs: dict[str, bool] = {
        "": row.owed > 0,
        "due": row.may_be_stated,
        "excluded": row.owed > 0 and not row.may_be_stated,
        "plan": row.has_plan,
        "dispute": row.disputes > 0,
        "credit": row.credit > 0,
        "collections": "collections" in row.flags,
        "all": True,
    }
    return belongs[view]


def happenings(north: Practice, ben: User, random: Random) -> list[Callable[[Patient], object]]:
    """What can happen to an account; a Refusal is fine."""
    today = timezone.localdate()

    def share_of(patient: Patient) -> object:
        amount = random.choice(["3.00", "20.00", "90.00", "165.00"])
        return share(north, amount, patient=patient, served=today - timedelta(random.randrange(99)))

    def plan(patient: Patient) -> object:
        first = today + timedelta(days=random.choice([0, 3]))
        return plans.make_plan(patient, amount=D("60.00"), count=3, first_on=first, by=ben)

    def credit(patient: Patient) -> object:
        claim = Claim.objects.filter(patient=patient).first()
        return claim and move(claim, "patient_receivable", "cash", "30.00", today)

    def undo(patient: Patient) -> object:
        payment = patient.payments.filter(is_reversed=False).first()
        return payment and reverse_payment(payment, reason="Returned", by=ben)

    return [
        share_of,
        share_of,
        lambda patient: pay(patient, random.choice(["5.00", "20.00", "70.00"]), ben),
        plan,
        credit,
        undo,
        lambda patient: make_statement(patient, by=ben),
        lambda patient: inquiries.open_inquiry(
            patient, kind=random.choice(["dispute", "question"]), text="Why?", by=ben
        ),
        lambda patient: flags.flag_bankruptcy(patient, reason="Told us", by=ben),
        lambda patient: make.claim(
            north,
            encounter=make.encounter(north, number=f"F{random.randrange(10**9)}", patient=patient),
        ),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_every_view_and_reason_of_the_list_is_what_the_rule_says(
    north: Practice, ben: User, seed: int
) -> None:
    random = Random(seed)
    people = [make.patient(north, mrn=f"L{n}", last_name=f"Name{n}") for n in range(12)]
    for person in people:
        make.coverage(person)
    acts = happenings(north, ben, random)
    for _ in range(60):
        try:
            random.choice(acts)(random.choice(people))
        except Refusal:
            continue
    assert differences(north) == []
    for today in (timezone.localdate(), timezone.localdate() + timedelta(days=40)):
        rows = account_states(north, today)
        for view, _ in VIEWS:
            for reason in ("", *CODES):
                wanted = [
                    row
                    for row in rows
                    if in_view(row, view)
                    and (not reason or reason in [each.code for each in row.reasons])
                ]
                wanted.sort(key=lambda row: (-row.due, row.patient_id))
                found = AccountList(north, QueryDict(f"view={view}&reason={reason}"), today)
                assert found.ids() == [row.patient_id for row in wanted]
                counted = found.counts()[view]
                assert counted == (len(wanted), sum(row.due for row in wanted))


@pytest.mark.django_db(transaction=True)
def test_two_that_post_to_the_same_patients_in_another_order_both_count() -> None:
    practice = make.practice()
    with access.acting_in(practice.pk):
        second = make.patient(practice, mrn="SECOND")
        make.coverage(second)
        claims = [share(practice, "20.00"), share(practice, "30.00", patient=second)]
    both = Barrier(2)

    def post(order: list[Claim]) -> None:
        try:
            with access.acting_in(practice.pk):
                for claim in order:
                    Posting.objects.create(
                        practice=practice,
                        source="write_off",
                        destination="patient_receivable",
                        amount=D("1.00"),
                        claim=claim,
                        origin=f"test:{order[0].pk}:{claim.pk}",
                        posted_on=claim.date_of_service,
                    )
                    both.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(post, [claims, claims[::-1]]))
    with access.acting_in(practice.pk):
        assert differences(practice) == []
        owed = PatientBalance.objects.filter(owed__gt=0).order_by("owed")
        assert [str(row.owed) for row in owed] == ["22.00", "32.00"]
        assert Posting.objects.filter(source="write_off").count() == 4


def test_balances_are_looked_up_for_no_practice_in_particular(north: Practice) -> None:
    """A plan for one practice takes a practice nobody has analyzed yet for an empty one."""
    with connection.cursor() as db:
        db.execute(
            "SELECT proname, 'plan_cache_mode=force_generic_plan' = ANY (proconfig) FROM pg_proc"
            " WHERE proname IN ('keep_patient_balances', 'keep_follow_ups') ORDER BY proname"
        )
        assert db.fetchall() == [("keep_follow_ups", True), ("keep_patient_balances", True)]
