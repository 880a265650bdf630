"""What the pages about questions to payers show: the lists, and one answer with its benefits."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from billing.models import StatusAnswer, StatusInquiry
from payers.actions.eligibility import asked_about
from payers.models import Coverage, EligibilityAnswer, EligibilityBenefit, EligibilityInquiry
from payers.rules.eligibility import Part, shares_of
from payers.rules.eligibility_labels import (
    BENEFITS,
    MISMATCHES,
    NETWORKS,
    TIMES,
    name_of_type,
)

# Key of the address, its tab, and which rows it shows.
ELIGIBILITY_VIEWS: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "waiting": ("Waiting", Q(state__in=["waiting", "sent"])),
    "failed": ("Failed", Q(state="failed")),
    "inactive": ("Inactive or refused", Q(latest_status__in=["inactive", "error"])),
}
STATUS_VIEWS: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "waiting": ("Waiting", Q(state__in=["waiting", "sent"])),
    "failed": ("Failed", Q(state="failed")),
    "answered": ("Answered", Q(state="answered")),
}
# Words of ours that the badges of the product know by another name.
BADGES = {"waiting": "queued", "error": "refused"}


def eligibility_rows(inquiries: QuerySet[EligibilityInquiry]) -> QuerySet[EligibilityInquiry]:
    """Newest first, with the plan status of the newest answer."""
    newest = EligibilityAnswer.objects.filter(inquiry=OuterRef("pk")).order_by("-pk")
    return (
        inquiries.annotate(
            latest_status=Subquery(newest.values("plan_status")[:1]),
            latest_reason=Subquery(newest.values("reason")[:1]),
        )
        .select_related("coverage__patient", "coverage__payer")
        .order_by("-pk")
    )


def status_rows(inquiries: QuerySet[StatusInquiry]) -> QuerySet[StatusInquiry]:
    """Newest first, with the words of the newest answer."""
    newest = StatusAnswer.objects.filter(inquiry=OuterRef("pk")).order_by("-pk")
    return (
        inquiries.annotate(latest_words=Subquery(newest.values("words")[:1]))
        .select_related("claim__patient", "claim__payer")
        .order_by("-pk")
    )


def chosen(rows: QuerySet[Any], views: dict[str, tuple[str, Q]], view: str) -> QuerySet[Any]:
    """The rows of one tab; an unknown one shows all."""
    return rows.filter(views.get(view, views[""])[1])


def tabs(rows: QuerySet[Any], views: dict[str, tuple[str, Q]], view: str) -> list[dict[str, Any]]:
    """One tab per view with its count: one statement."""
    wanted = {key or "all": Count("pk", filter=rule or None) for key, (_, rule) in views.items()}
    counts = rows.order_by().aggregate(**wanted)
    return [
        {
            "label": label,
            "url": f"?view={key}" if key else "?",
            "count": counts[key or "all"],
            "is_current": key == (view if view in views else ""),
        }
        for key, (label, _) in views.items()
    ]


def badge_of(word: str | None) -> str:
    return BADGES.get(word or "", word or "")


def with_badges(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """A row and the badges of its state and of what the payer said."""
    return [
        {
            "inquiry": row,
            "state": badge_of(row.state),
            "said": badge_of(getattr(row, "latest_status", "")),
        }
        for row in rows
    ]


def latest_of(coverage: Coverage | None) -> EligibilityInquiry | None:
    """The newest question about a policy, with its answers and their benefits."""
    if coverage is None:
        return None
    return answered().filter(coverage=coverage).order_by("-pk").first()


def answered() -> QuerySet[EligibilityInquiry]:
    """Questions with all a page shows of them."""
    benefits = Prefetch("benefits", EligibilityBenefit.objects.order_by("position"))
    answers = EligibilityAnswer.objects.select_related("source__file").prefetch_related(benefits)
    return EligibilityInquiry.objects.select_related(
        "coverage__patient", "coverage__payer", "asked_by"
    ).prefetch_related(Prefetch("answers", answers.order_by("-pk")))


def show(inquiry: EligibilityInquiry) -> dict[str, Any]:
    """One question with its newest answer: facts, what the patient pays, every benefit."""
    answer = next(iter(inquiry.answers.all()), None)
    coverage = inquiry.coverage
    shown: dict[str, Any] = {
        "inquiry": inquiry,
        "answer": answer,
        "state": badge_of(inquiry.state),
        "is_outdated": inquiry.asked_as != asked_about(coverage, inquiry.for_day).digest,
    }
    if answer is None:
        return shown
    benefits = list(answer.benefits.all())
    parts = [
        Part(b.code, b.service_types, b.level, b.time, b.amount, b.percent, b.network)
        for b in benefits
    ]
    shares = [(name_of_type(share.service_type), share) for share in shares_of(parts)]
    return shown | {
        "said": badge_of(answer.plan_status),
        "facts": facts_of(answer),
        "shares": shares,
        "benefits": [benefit_row(each) for each in benefits],
        "file": answer.source.file if hasattr(answer, "source") else None,
    }


def facts_of(answer: EligibilityAnswer) -> list[tuple[str, str]]:
    """Label and value of what the payer says about the person and the plan."""
    days = [
        f"{word} {day:%m/%d/%Y}"
        for word, day in (("from", answer.starts_on), ("to", answer.ends_on))
        if day
    ]
    name = ", ".join(filter(None, (answer.last_name, answer.first_name)))
    born = f"{answer.birth_date:%m/%d/%Y}" if answer.birth_date else ""
    return [
        ("Plan", answer.plan_name),
        ("Plan days", " ".join(days)),
        ("On file as", name),
        ("Born", born),
        ("Member id", answer.member_id),
        ("Differs", ", ".join(MISMATCHES.get(each, each) for each in answer.mismatches)),
        ("Another payer", " ".join((answer.other_payer_name, answer.other_payer_id)).strip()),
    ]


def benefit_row(benefit: EligibilityBenefit) -> dict[str, Any]:
    """One EB in words."""
    types = ", ".join(map(name_of_type, benefit.service_types))
    told = [TIMES.get(benefit.time, ""), NETWORKS.get(benefit.network, ""), *benefit.messages]
    return {
        "label": BENEFITS.get(benefit.code, f"Benefit {benefit.code}"),
        "types": types,
        "amount": benefit.amount,
        "percent": benefit.percent,
        "quantity": benefit.quantity,
        "notes": "; ".join(filter(None, told)),
    }


def open_status_inquiry(inquiries: Sequence[StatusInquiry]) -> StatusInquiry | None:
    """The question about a claim its payer has not answered yet."""
    return next((row for row in inquiries if row.state in ("waiting", "sent")), None)
