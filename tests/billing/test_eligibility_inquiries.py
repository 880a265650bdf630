"""Questions about policies: asked once, sent once, answered once, and what they stop."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import asking_ahead, charge_reviews, inquiry_sending
from billing.actions.inquiry_batches import queue_inquiries
from billing.models import ChargeReview, Claim, EligibilitySource, FileProblem, InquiryBatch
from payers.actions.eligibility import ask_many
from payers.models import (
    Coverage,
    EligibilityAnswer,
    EligibilityBenefit,
    EligibilityInquiry,
)
from payers.sandbox.faults import Fault
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from rcm.x12.eligibility_27x import EligibilityAnswer as Answer271
from rcm.x12.eligibility_27x import EligibilityInquiry as Asked270
from rcm.x12.eligibility_27x import EligibilityRejection
from rcm.x12.reader import read
from rcm.x12.write_271 import write_271
from tests import make
from tests.billing.asking import ACTIVE, INACTIVE, answer_to, asked, read_in, received_271
from tests.billing.conftest import Server
from tests.billing.outgoing import sandbox_channel
from tests.billing.reviewing import coded_visit, drafted, review_of
from tests.x12.build import ENVELOPE
from tests.x12.inquiry_samples import BENEFITS, CLINIC, PAYER


@pytest.fixture
def coverage(north: Practice) -> Coverage:
    sandbox_channel(north)
    return make.coverage(make.patient(north))


def test_the_same_question_is_asked_once(coverage: Coverage, ben: User) -> None:
    first = asked(coverage, by=ben)
    assert asked(coverage, by=ben) == first
    assert (first.state, first.service_types, first.asked_by) == ("waiting", ["30"], ben)
    (event,) = Event.objects.filter(name="eligibility_inquiry.asked")
    assert (event.subject_id, event.patient_id) == (first.pk, coverage.patient_id)
    other = asked(coverage, for_day=make.SERVED_ON + timedelta(days=1))
    assert other.trace_number != first.trace_number


def test_what_no_payer_answers_is_not_asked(coverage: Coverage) -> None:
    for day in (date(2024, 11, 1), date(2026, 12, 31)):
        with pytest.raises(Refusal, match="two years back and one month ahead"):
            asked(coverage, for_day=day)
    with pytest.raises(Refusal, match="service types of one or two characters"):
        asked(coverage, service_types=["", " "])
    with pytest.raises(Refusal, match="service types of one or two characters"):
        asked(coverage, service_types=["300"])
    assert (EligibilityInquiry.objects.count(), Event.objects.count()) == (0, 0)


def test_without_a_channel_nothing_is_asked(north: Practice) -> None:
    coverage = make.coverage(make.patient(north))
    with pytest.raises(Refusal, match="no active channel"):
        asked(coverage)
    assert EligibilityInquiry.objects.count() == 0


def test_one_file_goes_to_each_payer(
    north: Practice, coverage: Coverage, sftp: Server, sent: list[object]
) -> None:
    other = make.payer(north, name="Other", short_name="Other", payer_id="OTHER")
    pair = [make.coverage(make.patient(north, last_name=name)) for name in ("Ash", "Birch")]
    third = make.coverage(make.patient(north), payer=other)
    for each in (coverage, *pair, third):
        asked(each)
    assert inquiry_sending.send_waiting(north.pk) == ["sent", "sent"]
    assert inquiry_sending.send_waiting(north.pk) == []
    batches = list(InquiryBatch.objects.order_by("pk"))
    assert [(b.payer.payer_id, b.kind, b.inquiries_count) for b in batches] == [
        ("UNIFD", "270", 3),
        ("OTHER", "270", 1),
    ]
    names = [f"RCMSUBMIT-{batch.interchange_control_number:09d}.270" for batch in batches]
    assert sorted(sftp.uploaded) == sorted(names)
    questions = [i for i in read(sftp.uploaded[names[0]]) if isinstance(i, Asked270)]
    assert [q.subscriber.party.name for q in questions] == ["OKAFOR", "ASH", "BIRCH"]
    assert questions[0].reference == f"{batches[0].interchange_control_number:09d}"
    assert set(EligibilityInquiry.objects.values_list("state", flat=True)) == {"sent"}


def test_a_dependent_stands_below_the_holder_of_the_policy(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    Coverage.objects.filter(pk=coverage.pk).update(
        relationship="19",
        subscriber_last_name="Okafor",
        subscriber_first_name="Sam",
        subscriber_birth_date=date(1930, 1, 1),
    )
    coverage.refresh_from_db()
    asked(coverage)
    inquiry_sending.send_waiting(north.pk)
    (content,) = sftp.uploaded.values()
    (question,) = [item for item in read(content) if isinstance(item, Asked270)]
    assert question.subscriber.party.first_name == "SAM"
    assert question.dependent is not None
    assert (question.dependent.party.first_name, question.dependent.relationship) == (
        "DENISE",
        "19",
    )


def test_an_unknown_outcome_is_held_and_an_answer_settles_it(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    inquiry = asked(coverage)
    sftp.faults.arm(Fault("disconnect_after_bytes", bytes=100))
    (state,) = inquiry_sending.send_waiting(north.pk)
    batch = InquiryBatch.objects.get()
    assert (state, batch.state) == ("unknown", "unknown")
    inquiry.refresh_from_db()
    assert inquiry.state == "waiting"
    assert queue_inquiries(north.pk) == []
    assert inquiry_sending.sweep_practice(north.pk) == []
    received_271(north, answer_to(inquiry))
    batch.refresh_from_db()
    inquiry.refresh_from_db()
    assert (batch.state, inquiry.state) == ("acknowledged", "answered")


def test_a_sending_that_never_began_is_tried_again(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    asked(coverage)
    sftp.faults.arm(Fault("refuse_login"))
    assert inquiry_sending.send_waiting(north.pk) == ["queued"]
    batch = InquiryBatch.objects.get()
    assert (batch.attempts, batch.sent_at) == (1, None)
    InquiryBatch.objects.update(send_after=timezone.now())
    assert inquiry_sending.sweep_practice(north.pk) == [batch.pk]
    assert inquiry_sending.send_batch(north.pk, batch.pk) == "sent"
    assert inquiry_sending.send_batch(north.pk, batch.pk) == "sent"
    assert len(sftp.uploaded) == 1


def test_a_refused_file_fails_its_questions_and_they_may_be_asked_again(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    inquiry = asked(coverage)
    inquiry_sending.send_waiting(north.pk)
    batch = InquiryBatch.objects.get()
    refusal = GroupAcknowledgment(
        "HS", str(batch.group_control_number), "005010X279A1", "R", 1, 1, 0, ()
    )
    assert inquiry_sending.apply_group(north.pk, refusal)
    assert inquiry_sending.apply_group(north.pk, refusal)
    inquiry.refresh_from_db()
    batch.refresh_from_db()
    assert (inquiry.state, batch.state) == ("failed", "rejected")
    assert inquiry.message == "The file was rejected for its form (999, R)."
    assert Event.objects.filter(name="eligibility_inquiry.failed").count() == 1
    assert asked(coverage) != inquiry


def test_a_ta1_settles_or_refuses_the_file(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    inquiry = asked(coverage)
    inquiry_sending.send_waiting(north.pk)
    batch = InquiryBatch.objects.get()
    number = f"{batch.interchange_control_number:09d}"
    yes = InterchangeAcknowledgment(number, "261120", "0630", "A", "000")
    assert inquiry_sending.apply_interchange(north.pk, yes)
    batch.refresh_from_db()
    assert batch.state == "acknowledged"
    assert inquiry_sending.apply_interchange(north.pk, replace(yes, code="R", note_code="022"))
    inquiry.refresh_from_db()
    assert inquiry.message == "The clearinghouse rejected the whole file (TA1, note 022)."
    stranger = InterchangeAcknowledgment("999999999", "261120", "0630", "A", "000")
    assert not inquiry_sending.apply_interchange(north.pk, stranger)


def test_a_payer_silent_for_three_days_fails_the_question(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    inquiry = asked(coverage)
    inquiry_sending.send_waiting(north.pk)
    inquiry_sending.sweep_practice(north.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == "sent"
    EligibilityInquiry.objects.update(asked_at=timezone.now() - timedelta(days=3, minutes=1))
    inquiry_sending.sweep_practice(north.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == "failed"
    assert inquiry.message == "The payer has not answered within three days. Ask again or call."


def test_an_answer_is_stored_once_in_however_many_files_it_comes(
    north: Practice, coverage: Coverage
) -> None:
    inquiry = asked(coverage)
    file = received_271(north, answer_to(inquiry))
    again = received_271(north, answer_to(inquiry), number=8)
    assert (file.kind, file.state, file.note) == ("271", "read", "1 answer to inquiries read.")
    assert again.state == "read"
    answer = EligibilityAnswer.objects.get()
    assert (answer.plan_status, answer.inquiry, answer.source.file) == ("active", inquiry, file)
    inquiry.refresh_from_db()
    assert inquiry.state == "answered"
    received_271(north, answer_to(inquiry, INACTIVE), number=9)
    assert EligibilityAnswer.objects.count() == 2


def test_an_answer_nobody_asked_for_is_shown_with_its_file(
    north: Practice, coverage: Coverage
) -> None:
    inquiry = asked(coverage)
    stranger = replace(answer_to(inquiry), traces=())
    file = received_271(north, stranger)
    (problem,) = FileProblem.objects.filter(file=file)
    assert (problem.code, problem.severity, problem.element) == (
        "unknown_inquiry",
        "warning",
        "TRN02",
    )
    assert problem.segment_number == 9
    assert EligibilityAnswer.objects.count() == 0


def test_a_refused_provider_answers_every_question_of_the_file(
    north: Practice, coverage: Coverage, sftp: Server
) -> None:
    second = make.coverage(make.patient(north, last_name="Ash"))
    for each in (coverage, second):
        asked(each)
    inquiry_sending.send_waiting(north.pk)
    batch = InquiryBatch.objects.get()
    refused = Answer271(
        f"{batch.interchange_control_number:09d}",
        PAYER,
        CLINIC,
        rejections=(EligibilityRejection("2100B", "51", "C"),),
    )
    file = received_271(north, refused)
    answers = EligibilityAnswer.objects.all()
    assert {(a.plan_status, a.reason) for a in answers} == {
        (
            "error",
            "The payer refused: the provider is not known (51): correct it and ask again.",
        )
    }
    assert (answers.count(), EligibilitySource.objects.filter(file=file).count()) == (2, 2)


def test_an_answer_that_is_not_intact_is_not_used(north: Practice, coverage: Coverage) -> None:
    inquiry = asked(coverage)
    out = BytesIO()
    write_271(out, ENVELOPE, [answer_to(inquiry)])
    file = read_in(north, out.getvalue().replace(b"EB*1*", b"EB**"), "bad.271")
    assert file.state == "failed"
    assert EligibilityAnswer.objects.count() == 0


def test_three_hundred_answers_cost_what_three_cost(north: Practice, coverage: Coverage) -> None:
    def ask_for(count: int, start: int) -> list[EligibilityInquiry]:
        rows = Coverage.objects.bulk_create(
            Coverage(
                practice=north,
                patient=make.patient(north, mrn=f"X{start + n}"),
                payer=coverage.payer,
                member_id=f"M{start + n}",
                starts_on=date(2026, 1, 1),
            )
            for n in range(count)
        )
        return ask_many([(row, make.SERVED_ON) for row in rows], by=None)

    costs = []
    for count, start in ((3, 0), (300, 1000)):
        answers = [answer_to(inquiry) for inquiry in ask_for(count, start)]
        with CaptureQueriesContext(connection) as found:
            received_271(north, *answers, number=start + 1)
        costs.append(len(found))
    assert costs[1] == costs[0]
    assert EligibilityAnswer.objects.count() == 303


def test_an_inactive_policy_stops_a_visit_and_a_later_answer_lets_it_go(north: Practice) -> None:
    sandbox_channel(north)
    visit = coded_visit(north)
    assert visit.coverage is not None
    inquiry = asked(visit.coverage)
    received_271(north, answer_to(inquiry, INACTIVE))
    drafted(north)
    review = review_of(visit)
    assert (review.codes, Claim.objects.count()) == (["eligibility_inactive"], 0)
    assert review.reasons[0]["message"] == "The payer says the policy is not in force."
    again = asked(visit.coverage)
    received_271(north, answer_to(again, ACTIVE), number=8)
    review.refresh_from_db()
    assert review.state == "cleared"
    drafted(north)
    assert Claim.objects.get(encounter=visit).status in ("ready", "held")


def test_an_answer_about_another_month_or_another_number_says_nothing(north: Practice) -> None:
    sandbox_channel(north)
    visit = coded_visit(north)
    assert visit.coverage is not None
    before = asked(visit.coverage, for_day=date(2026, 10, 30))
    received_271(north, answer_to(before, INACTIVE))
    assert charge_reviews.find_reasons(north.pk, [visit])[visit.pk] == []
    now = asked(visit.coverage)
    received_271(north, answer_to(now, INACTIVE), number=8)
    assert len(charge_reviews.find_reasons(north.pk, [visit])[visit.pk]) == 1
    Coverage.objects.update(member_id="UC77777777")
    assert charge_reviews.find_reasons(north.pk, [visit])[visit.pk] == []


def test_a_payer_that_requires_eligibility_holds_what_is_not_known(north: Practice) -> None:
    sandbox_channel(north)
    visit = coded_visit(north)
    assert visit.coverage is not None
    type(visit.coverage.payer).objects.update(requires_eligibility=True)
    drafted(north)
    assert review_of(visit).codes == ["eligibility_unknown"]
    assert asking_ahead.ask_for_reviews(north.pk) == 1
    assert asking_ahead.ask_for_reviews(north.pk) == 0
    received_271(north, answer_to(EligibilityInquiry.objects.get()))
    assert ChargeReview.objects.get().state == "cleared"


def test_the_visits_of_today_and_tomorrow_are_asked_about_the_day_before(north: Practice) -> None:
    sandbox_channel(north)
    today = timezone.localdate()
    days = {"today": 0, "tomorrow": 1, "later": 2, "past": -1}
    visits = {
        name: make.encounter(
            north,
            date_of_service=today + timedelta(days=shift),
            patient=make.patient(north, last_name=name),
        )
        for name, shift in days.items()
    }
    assert asking_ahead.ask_ahead(north.pk) == 2
    asked_about = set(EligibilityInquiry.objects.values_list("coverage", flat=True))
    assert asked_about == {visits["today"].coverage_id, visits["tomorrow"].coverage_id}
    assert asking_ahead.ask_ahead(north.pk) == 0


def test_benefits_are_kept_with_dollars_and_percent(north: Practice, coverage: Coverage) -> None:
    inquiry = asked(coverage)
    received_271(north, answer_to(inquiry, BENEFITS))
    rows = {row.code: row for row in EligibilityBenefit.objects.all()}
    assert (str(rows["C"].amount), rows["C"].time, rows["C"].service_types) == (
        "1250.50",
        "29",
        ["30", "98"],
    )
    assert (str(rows["A"].percent), rows["A"].messages[0]) == ("20.00", "AFTER THE DEDUCTIBLE")
    answer = EligibilityAnswer.objects.get()
    assert (answer.other_payer_name, answer.starts_on) == ("SECOND PLAN", date(2026, 1, 1))


def test_strangers_see_none_of_it(north: Practice, south: Practice, coverage: Coverage) -> None:
    inquiry = asked(coverage)
    received_271(north, answer_to(inquiry))
    access.open_walls([south.pk])
    assert EligibilityInquiry.objects.count() == 0
    assert EligibilityAnswer.objects.count() == 0
