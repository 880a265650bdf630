"""The four KPIs in a small made world: exact figures, and rows that add up to them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import ledger
from billing.kpis import RECEIVABLES
from billing.models import Claim, ClaimAcknowledgment, Posting
from denials.actions.denials import send_corrected
from denials.models import Denial
from payers.actions.code_lists import load_code_lists
from rcm.kpi import Definition, Figure, Period, definitions
from rcm.models import Practice, Role, User
from tests import make
from tests.billing import remitting as r
from tests.billing.outgoing import ready_claim
from tests.conftest import signed_in
from tests.denials.denying import answer, sent_claim

KEYS = ["clean_claim_rate", "initial_denial_rate", "days_in_ar", "net_collection_rate"]


def last_days(days: int) -> Period:
    today = timezone.localdate()
    return Period(today - timedelta(days=days - 1), today)


@pytest.fixture
def world(north: Practice) -> list[Claim]:
    """Four claims sent: paid, denied in part, denied whole, not answered and rejected once."""
    load_code_lists()
    paid, partly, denied, silent = (
        sent_claim(north, ("99213", "165.00")),
        sent_claim(north, ("99213", "165.00"), ("20610", "148.00")),
        sent_claim(north, ("99213", "100.00")),
        sent_claim(north, ("99213", "122.00")),
    )
    answer(
        north,
        r.echo(paid, ("72.00", "CO-45 73.00", "PR-2 20.00")),
        r.echo(partly, ("92.00", "CO-45 73.00"), ("0.00", "CO-29 148.00")),
        r.echo(denied, ("0.00", "CO-22 100.00")),
    )
    file = make.interchange_file(north, b"277", name="a.277")
    ClaimAcknowledgment.objects.create(
        practice=north, claim=silent, file=file, position=1, action="U", category="A7"
    )
    # Services of the made claims lie in November 2026: the figures must not depend on the clock.
    Claim.objects.update(date_of_service=timezone.localdate() - timedelta(days=10))
    return [paid, partly, denied, silent]


def figure(key: str, practice: Practice, days: int = 30) -> Figure:
    return definitions()[key].compute(practice.pk, last_days(days))


def rows(definition: Definition, side: str, practice: Practice) -> list[int]:
    found = getattr(definition, f"{side}_rows")(practice.pk, last_days(30))
    return sorted(found.values_list("pk", flat=True))


def pks(*claims: Claim) -> list[int]:
    return sorted(claim.pk for claim in claims)


def test_the_dashboard_lists_four_kpis_in_order() -> None:
    assert list(definitions()) == KEYS


def test_clean_claim_rate(north: Practice, world: list[Claim]) -> None:
    paid, partly, denied, silent = world
    Claim.objects.filter(pk=denied.pk).update(was_clean=False)
    found = figure("clean_claim_rate", north)
    assert (found.numerator, found.denominator) == (Decimal(2), Decimal(4))
    assert found.value == Decimal("0.5000")
    definition = definitions()["clean_claim_rate"]
    assert rows(definition, "numerator", north) == pks(paid, partly)
    assert rows(definition, "denominator", north) == pks(*world)


def test_a_claim_the_scrubber_holds_is_not_clean(north: Practice, world: list[Claim]) -> None:
    held = make.claim(north, status="held", submitted_at=None, accepted_at=None, was_clean=False)
    found = figure("clean_claim_rate", north)
    assert found.denominator == 5
    assert held.pk in rows(definitions()["clean_claim_rate"], "denominator", north)
    assert held.pk not in rows(definitions()["clean_claim_rate"], "numerator", north)


def test_initial_denial_rate(north: Practice, world: list[Claim]) -> None:
    paid, partly, denied, _ = world
    found = figure("initial_denial_rate", north)
    assert (found.numerator, found.denominator) == (Decimal(2), Decimal(3))
    assert found.value == Decimal("0.6667")
    definition = definitions()["initial_denial_rate"]
    assert rows(definition, "numerator", north) == pks(partly, denied)
    assert rows(definition, "denominator", north) == pks(paid, partly, denied)


def test_a_claim_denied_only_in_a_later_answer_was_not_denied_at_first(
    north: Practice, world: list[Claim]
) -> None:
    paid = world[0]
    answer(
        north,
        r.echo(paid, ("72.00", "CO-45 73.00", "PR-2 20.00"), status="22"),
        r.echo(paid, ("72.00", "CO-29 93.00")),
    )
    assert Denial.objects.filter(claim=paid).count() == 1
    assert figure("initial_denial_rate", north).numerator == 2


def test_a_correction_is_no_original_claim(north: Practice, world: list[Claim], ben: User) -> None:
    corrected = send_corrected(Denial.objects.get(claim=world[1]), by=ben)
    now = timezone.now()
    Claim.objects.filter(pk=corrected.pk).update(
        status="adjudicated", submitted_at=now, adjudicated_at=now
    )
    assert figure("initial_denial_rate", north).denominator == 3
    assert figure("clean_claim_rate", north).denominator == 4


def test_days_in_ar(north: Practice, world: list[Claim]) -> None:
    found = figure("days_in_ar", north)
    # Owed: 20.00 by the patient, 148.00 and 100.00 denied, 122.00 not answered.
    assert found.numerator == Decimal("390.00")
    # Charged: 165 + 313 + 100 + 122 = 700.00 over 30 days.
    assert found.denominator == Decimal("700.00") / 30
    assert found.value == Decimal("16.7143")
    definition = definitions()["days_in_ar"]
    owing = rows(definition, "numerator", north)
    assert owing == pks(*world)
    balances = ledger.claim_balances(north.pk, owing).values()
    owed = sum(
        (b.get(account, Decimal(0)) for b in balances for account in RECEIVABLES), Decimal(0)
    )
    assert owed == found.numerator
    charged = Claim.objects.filter(pk__in=rows(definition, "denominator", north))
    assert sum(claim.amount_billed for claim in charged) == Decimal("700.00")


def test_a_claim_nobody_owes_on_is_not_behind_the_receivable(
    north: Practice, world: list[Claim]
) -> None:
    settled = sent_claim(north)
    answer(north, r.echo(settled, ("92.00", "CO-45 73.00")))
    assert settled.pk not in rows(definitions()["days_in_ar"], "numerator", north)
    assert figure("days_in_ar", north).numerator == Decimal("390.00")


def test_net_collection_rate(north: Practice, world: list[Claim]) -> None:
    paid, partly, denied, _ = world
    found = figure("net_collection_rate", north)
    # Paid 72 + 92; charged 165 + 313 + 100 less 73 + 73 by contract.
    assert (found.numerator, found.denominator) == (Decimal("164.00"), Decimal("432.00"))
    assert found.value == Decimal("0.3796")
    definition = definitions()["net_collection_rate"]
    assert rows(definition, "denominator", north) == pks(paid, partly, denied)
    postings = Posting.objects.filter(claim_id__in=rows(definition, "numerator", north))
    amounts = postings.filter(destination="unapplied").values_list("amount", flat=True)
    assert sum(amounts) == found.numerator


def test_a_payment_taken_back_is_not_collected(north: Practice, world: list[Claim]) -> None:
    paid = world[0]
    answer(
        north,
        r.echo(paid, ("72.00", "CO-45 73.00", "PR-2 20.00"), status="22"),
        r.echo(paid, ("80.00", "CO-45 85.00")),
    )
    found = figure("net_collection_rate", north)
    assert (found.numerator, found.denominator) == (Decimal("172.00"), Decimal("420.00"))


def test_another_practice_sees_its_own_figures(south: Practice, world: list[Claim]) -> None:
    for key in KEYS:
        assert figure(key, south).value is None


def test_without_claims_there_is_no_value_to_judge(north: Practice) -> None:
    for definition in definitions().values():
        found = definition.compute(north.pk, last_days(30))
        assert (found.value, definition.is_on_target(found)) == (None, None)


@pytest.mark.parametrize(
    ("key", "value", "is_on_target"),
    [
        ("clean_claim_rate", "0.95", True),
        ("clean_claim_rate", "0.94", False),
        ("initial_denial_rate", "0.05", True),
        ("initial_denial_rate", "0.06", False),
        ("days_in_ar", "35", True),
        ("net_collection_rate", "0.95", False),
    ],
)
def test_a_figure_is_on_target_in_the_better_direction(
    key: str, value: str, is_on_target: bool
) -> None:
    found = Figure(Decimal(value), Decimal(1))
    assert definitions()[key].is_on_target(found) is is_on_target


def tiles(client: Client, **query: str) -> dict[str, str]:
    page = client.get("/dashboard/", query)
    assert page.status_code == 200
    return {kpi["label"]: kpi["value"] for kpi in page.context["kpis"]}


def test_the_dashboard_shows_the_figures_of_the_last_90_days(
    mia_client: Client, world: list[Claim]
) -> None:
    assert tiles(mia_client) == {
        "Clean claim rate": "75.0%",
        "Initial denial rate": "66.7%",
        "Days in AR": "50.1",
        "Net collection rate": "38.0%",
    }
    assert tiles(mia_client, range="30d")["Days in AR"] == "16.7"
    assert tiles(mia_client, range="nonsense")["Days in AR"] == "50.1"


def test_the_dashboard_shows_where_the_work_is_and_why_it_was_denied(
    mia_client: Client, north: Practice, world: list[Claim]
) -> None:
    ready_claim(north)
    make.encounter(north, date_of_service=timezone.localdate())
    context = mia_client.get("/dashboard/").context
    stages = {stage.label: (stage.count, stage.amount) for stage in context["stages"]}
    assert stages["To code"] == (1, None)
    assert stages["Ready"] == (1, Decimal("165.00"))
    assert stages["At payer"] == (1, Decimal("122.00"))
    assert stages["Denied"] == (2, Decimal("248.00"))
    assert stages["Patient"] == (1, Decimal("20.00"))
    assert [(c["label"], c["amount"], c["share"], c["url"]) for c in context["causes"]] == [
        (
            "Timely filing",
            Decimal("148.00"),
            100,
            "/denials/?state=waiting&category=timely_filing",
        ),
        ("Coordination of benefits", Decimal("100.00"), 67, "/denials/?state=waiting&category=cob"),
    ]
    assert context["aging_total"] == Decimal("555.00")
    assert [bar.values[0] for bar in context["chart"].bars][-1] == Decimal("164.00")


def test_the_dashboard_needs_as_many_statements_for_more_claims(
    mia_client: Client, north: Practice, world: list[Claim]
) -> None:
    def count() -> int:
        mia_client.get("/dashboard/")
        with CaptureQueriesContext(connection) as captured:
            assert mia_client.get("/dashboard/").status_code == 200
        return len(captured)

    few = count()
    for _ in range(3):
        answer(north, r.echo(sent_claim(north), ("0.00", "CO-29 165.00")))
    assert count() == few
    assert few <= 40


def test_an_empty_practice_shows_dashes(mia_client: Client, north: Practice) -> None:
    assert set(tiles(mia_client).values()) == {"–"}
    text = mia_client.get("/dashboard/").content.decode()
    assert "Nothing is owed" in text
    assert "No open denials" in text


def test_a_kpi_page_shows_the_claims_of_either_side(mia_client: Client, world: list[Claim]) -> None:
    paid, partly, denied, silent = world
    page = mia_client.get("/dashboard/initial_denial_rate/")
    assert (page.context["value"], page.context["target"]) == ("66.7%", "5.0%")
    assert {claim.pk for claim in page.context["page"]} == {partly.pk, denied.pk}
    assert [(v["label"], v["is_current"]) for v in page.context["views"]] == [
        ("Numerator", True),
        ("Denominator", False),
    ]
    other = mia_client.get("/dashboard/initial_denial_rate/", {"side": "denominator"})
    assert {claim.pk for claim in other.context["page"]} == {paid.pk, partly.pk, denied.pk}
    text = other.content.decode()
    assert "HFMA MAP AR-5, by remittance date, version 1" in text
    assert silent.patient_control_number not in text
    part = mia_client.get("/dashboard/initial_denial_rate/", HTTP_HX_REQUEST="true")
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("side", ["numerator", "denominator"])
def test_every_side_of_every_kpi_has_a_page(
    mia_client: Client, world: list[Claim], key: str, side: str
) -> None:
    page = mia_client.get(f"/dashboard/{key}/", {"side": side, "range": "30d"})
    assert page.status_code == 200
    assert page.context["page"].paginator.count > 0


def test_an_unknown_kpi_is_not_found(mia_client: Client, north: Practice) -> None:
    assert mia_client.get("/dashboard/happiness/").status_code == 404


def test_coders_have_no_dashboard_and_client_viewers_have(
    ana_client: Client, north: Practice
) -> None:
    assert ana_client.get("/dashboard/").status_code == 403
    viewer = make.member(north, Role.CLIENT_VIEWER, "vic@example.test", "Vic", "Vale")
    assert signed_in(viewer).get("/dashboard/").status_code == 200


def test_another_practice_sees_nothing_of_these_claims(
    otto_client: Client, world: list[Claim]
) -> None:
    number = world[0].patient_control_number
    assert set(tiles(otto_client).values()) == {"–"}
    page = otto_client.get("/dashboard/initial_denial_rate/", {"side": "denominator"})
    assert number not in page.content.decode()


def test_a_bar_of_the_chart_leads_to_the_payments_posted_that_week(
    mia_client: Client, north: Practice, world: list[Claim]
) -> None:
    bars = mia_client.get("/dashboard/").context["chart"].bars
    assert len(mia_client.get(bars[-1].url).context["page"]) == 1
    assert len(mia_client.get(bars[-2].url).context["page"]) == 0
    assert len(mia_client.get("/remittances/?from=soon&to=2026-02-31").context["page"]) == 1


def test_what_needs_attention_leads_to_exactly_the_rows_counted(
    mia_client: Client, north: Practice, world: list[Claim]
) -> None:
    stranger = r.clp("UNKNOWN", "10.00", "10.00", r.line("99213", "10.00", "10.00"))
    assert answer(north, stranger).state == "partly_posted"
    unbalanced = r.recorded(north, r.content("1.00", stranger, number=9, trace_number="C9"))
    assert unbalanced.state == "held"
    context = mia_client.get("/dashboard/").context
    assert [(a["count"], a["title"], a["tone"]) for a in context["alerts"]] == [
        (1, "remittances held", "red"),
        (1, "remittances partly posted", "amber"),
    ]
    for alert in context["alerts"]:
        assert len(mia_client.get(alert["url"]).context["page"]) == alert["count"]
    stages = {stage.label: stage for stage in context["stages"]}
    assert (stages["Held payments"].count, stages["Held payments"].amount) == (1, Decimal("1.00"))
