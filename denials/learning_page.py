"""What the pages of learning from denials show."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from billing.rules.practice_rules import write_blocks
from denials.learning import DenialGroup, Key, PayerClaims, RuleOfGroup
from denials.learning_watch import watch
from denials.models import Denial
from denials.rules.drafting import Draft, NoDraft, Score
from denials.rules.earning import advice_text, advise
from rcm.models import Practice

TABS = [("new", "Worth a rule"), ("draft", "Drafted"), ("active", "Live"), ("retired", "Retired")]
DENIALS_SHOWN = 20


def rows_of(
    groups: Sequence[DenialGroup], rules: Mapping[Key, RuleOfGroup]
) -> list[dict[str, Any]]:
    """Groups with the state of their rule; rules whose denials have grown few are left out."""
    rows = []
    for each in groups:
        rule = rules.get(each.key)
        rows.append({"group": each, "rule": rule, "state": rule.state if rule else "new"})
    return rows


def tabs_of(rows: Sequence[Mapping[str, Any]], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"?state={state}",
            "count": sum(row["state"] == state for row in rows),
            "is_current": state == chosen,
        }
        for state, label in TABS
    ]


def group_facts(found: DenialGroup) -> list[tuple[str, Any]]:
    """Payer, cause, reason, procedure, how many, how much, and the trend."""
    group = found.group
    return [
        ("Payer", group.payer_name),
        ("Cause", found.cause),
        ("Reason", group.reason),
        ("Procedure", group.procedure_code or "the whole claim"),
        ("Claims in a year", f"{found.claims:,} · ${found.amount:,.2f}"),
        ("Last 90 days", f"{found.recent:,}, {found.trend} than in the 90 days before"),
    ]


def drafted_of(practice: Practice, found: DenialGroup, today: date) -> dict[str, Any]:
    """The draft a person would get, or why there is none; writes nothing. One statement."""
    claims = PayerClaims(practice, found.payer_pk, today)
    draft = claims.draft(found.group)
    if isinstance(draft, NoDraft):
        return {"why_not": draft.why}
    return {"draft": draft, "terms": write_blocks(draft.blocks), "weighed": weighed_rows(draft)}


def weighed_rows(draft: Draft) -> list[dict[str, Any]]:
    """The draft and what was weighed beside it, in counts."""
    chosen = ("this draft", draft.score)
    return [{"words": words} | counts(score) for words, score in (chosen, *draft.others)]


def counts(score: Score) -> dict[str, Any]:
    return {
        "denied": f"{score.denied_hit:,} of {score.denied:,}",
        "paid": f"{score.paid_hit:,} of {score.paid:,}",
        "precision": score.shown_precision,
    }


def watched_of(practice: Practice, rule: RuleOfGroup, today: date) -> dict[str, Any]:
    """What the rule did, month by month, and whether it earns its keep. One statement."""
    found = watch(practice.pk, [rule], today)[rule.learned.pk]
    if not rule.learned.pk or rule.state == "draft":
        return {}
    return {
        "months": found.months,
        "advice": advice_text(found.lately),
        "advises_retiring": rule.state == "active" and advise(found.lately) in ("retire", "quiet"),
    }


def denials_of(practice: Practice, found: DenialGroup) -> list[Denial]:
    """The newest denials of the group."""
    group = found.group
    rows = Denial.objects.filter(
        practice=practice,
        payer_id=found.payer_pk,
        category=group.category,
        reason=group.reason,
    ).exclude(resolution__in=["reversed", "taken_back"])
    if group.procedure_code:
        rows = rows.filter(service_line__procedure_code=group.procedure_code)
    else:
        rows = rows.filter(service_line__isnull=True)
    return list(rows.select_related("claim", "payer").order_by("-denied_on", "-pk")[:DENIALS_SHOWN])


def rule_url(rule: RuleOfGroup) -> str:
    return reverse("claim_rule", args=[rule.rule.pk])
