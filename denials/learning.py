"""Denials that are alike, the claims a rule is drafted from, and the rules drafted already."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models import ClaimRule
from billing.rules.claim_content import read_content
from denials.models import ChangeAlarm, Denial, LearnedRule
from denials.rules.drafting import (
    FEWEST_DENIED,
    Draft,
    Example,
    Group,
    NoDraft,
    draft_rule,
)
from denials.rules.triage import CAUSES
from rcm.models import Practice

# Denials of so many days are looked at; the trend compares the newest with those before them.
DAYS = 365
TREND_DAYS = 90
# Where the year suggests nothing, these are looked at by themselves.
RECENT_DAYS = (90, 45)
MOST_GROUPS = 200
# The newest claims a payer adjudicated that a draft is weighed on.
MOST_CLAIMS = 8_000
Key = tuple[int, str, str, str]

GROUPS = """
SELECT d.payer_id, d.category, d.reason, coalesce(s.procedure_code, ''),
    p.payer_id, p.short_name, max(d.id), count(DISTINCT d.claim_id), sum(d.amount),
    count(DISTINCT d.claim_id) FILTER (WHERE d.denied_on > %(recent)s),
    count(DISTINCT d.claim_id) FILTER (WHERE d.denied_on > %(before)s AND d.denied_on <= %(recent)s)
FROM denials_denial d
JOIN payers_payer p ON p.id = d.payer_id
LEFT JOIN billing_serviceline s ON s.id = d.service_line_id
WHERE d.practice_id = %(practice)s AND d.denied_on > %(since)s
    AND d.resolution NOT IN ('reversed', 'taken_back')
    AND (%(payer)s::bigint IS NULL OR d.payer_id = %(payer)s)
GROUP BY d.payer_id, d.category, d.reason, coalesce(s.procedure_code, ''), p.payer_id, p.short_name
HAVING count(DISTINCT d.claim_id) >= %(fewest)s
ORDER BY sum(d.amount) DESC, max(d.id)
LIMIT %(limit)s
"""
# What a payer decided, newest first, and whether it denied the claim at all, and for this reason.
ADJUDICATED = """
SELECT c.content, coalesce(c.adjudicated_at::date, c.date_of_service),
    array(SELECT DISTINCT d.category || ' ' || d.reason || ' ' || coalesce(s.procedure_code, '')
        FROM denials_denial d LEFT JOIN billing_serviceline s ON s.id = d.service_line_id
        WHERE d.practice_id = c.practice_id AND d.claim_id = c.id
            AND d.resolution NOT IN ('reversed', 'taken_back'))
FROM billing_claim c
WHERE c.practice_id = %(practice)s AND c.payer_id = %(payer)s AND c.status IN (
    'adjudicated', 'closed') AND c.frequency <> '8' AND c.date_of_service > %(since)s
ORDER BY c.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class DenialGroup:
    """Claims of one payer denied for one reason on one procedure in the last year.

    `denial_id` is the newest of them; `recent` and `before` are claims of the last 90 days and of
    the 90 before.
    """

    payer_pk: int
    group: Group
    denial_id: int
    claims: int
    amount: Decimal
    recent: int
    before: int

    @property
    def key(self) -> Key:
        group = self.group
        return self.payer_pk, group.category, group.reason, group.procedure_code

    @property
    def cause(self) -> str:
        return CAUSES.get(self.group.category, self.group.category)

    @property
    def trend(self) -> str:
        """In a word: more, fewer or as many as in the 90 days before."""
        if self.recent > self.before:
            return "more"
        return "fewer" if self.recent < self.before else "as many"


def groups_of(
    practice: Practice,
    today: date,
    *,
    payer_pk: int | None = None,
    fewest: int = FEWEST_DENIED,
) -> list[DenialGroup]:
    """Groups of five claims or more, of one payer or all, most dollars first. One statement."""
    with connection.cursor() as db:
        db.execute(
            GROUPS,
            {
                "practice": practice.pk,
                "payer": payer_pk,
                "since": today - timedelta(days=DAYS),
                "recent": today - timedelta(days=TREND_DAYS),
                "before": today - timedelta(days=2 * TREND_DAYS),
                "fewest": fewest,
                "limit": MOST_GROUPS,
            },
        )
        rows = db.fetchall()
    return [
        DenialGroup(
            payer_pk,
            Group(payer_id, name, category, reason, procedure),
            *figures,
        )
        for payer_pk, category, reason, procedure, payer_id, name, *figures in rows
    ]


def group_of(denial: Denial) -> Group:
    """The group a denial is of."""
    line = denial.service_line
    return Group(
        denial.payer.payer_id,
        denial.payer.short_name,
        denial.category,
        denial.reason,
        line.procedure_code if line else "",
    )


def key_of(denial: Denial) -> Key:
    group = group_of(denial)
    return denial.payer_id, group.category, group.reason, group.procedure_code


def group_with(practice: Practice, denial: Denial, today: date) -> DenialGroup:
    """The denial's group with its figures, however few; without claims when it is too old."""
    key = key_of(denial)
    for found in groups_of(practice, today, payer_pk=denial.payer_id, fewest=1):
        if found.key == key:
            return found
    return DenialGroup(denial.payer_id, group_of(denial), denial.pk, 0, Decimal(0), 0, 0)


class PayerClaims:
    """The claims a payer adjudicated in the last year, read once for all of its groups.

    Where an alarm says that the payer has changed, what it decided before says nothing any more.
    """

    def __init__(self, practice: Practice, payer_pk: int, today: date) -> None:
        terms: dict[str, Any] = {
            "practice": practice.pk,
            "payer": payer_pk,
            "since": today - timedelta(days=DAYS),
            "limit": MOST_CLAIMS,
        }
        with connection.cursor() as db:
            db.execute(ADJUDICATED, terms)
            self._rows = [
                (read_content(json.loads(content)), decided_on, frozenset(denied))
                for content, decided_on, denied in db.fetchall()
                if content
            ]
        self._today = today
        self._changed = changes_of(practice.pk, payer_pk)

    def draft(self, group: Group) -> Draft | NoDraft:
        """The rule all of them suggest, else what was decided lately.

        A payer that changed has paid the same claims before; an alarm needs more of them.
        """
        whole = draft_rule(group, self.examples(group))
        if isinstance(whole, Draft):
            return whole
        for days in RECENT_DAYS:
            found = draft_rule(group, self.examples(group, self._today - timedelta(days=days)))
            if isinstance(found, Draft):
                return found
        return whole

    def examples(self, group: Group, since: date = date.min) -> list[Example]:
        """Denied as the group is, or not denied at all; those denied otherwise are left out."""
        wanted = f"{group.category} {group.reason} {group.procedure_code}"
        since = max(since, self._changed.get((group.procedure_code, group.reason), date.min))
        return [
            Example(claim, wanted in denied)
            for claim, decided_on, denied in self._rows
            if decided_on >= since and (not denied or wanted in denied)
        ]


def changes_of(practice_id: int, payer_pk: int) -> dict[tuple[str, str], date]:
    """Procedure and reason -> the first day of the weeks that showed the payer's last change."""
    alarms = ChangeAlarm.objects.filter(practice_id=practice_id, payer_id=payer_pk)
    return {
        (alarm.procedure_code, alarm.reason): alarm.week - timedelta(weeks=alarm.weeks - 1)
        for alarm in alarms.order_by("week", "pk")
    }


@dataclass(frozen=True, slots=True)
class RuleOfGroup:
    """A rule drafted from a group: the version in force, else the newest, and its state."""

    learned: LearnedRule
    rule: ClaimRule
    versions: tuple[ClaimRule, ...]

    @property
    def state(self) -> str:
        """draft, active or retired; a retired one leaves the group free for another."""
        return self.rule.state


def rules_by_group(practice_id: int) -> dict[Key, RuleOfGroup]:
    """Group -> the last rule drafted from it. Two statements."""
    links = list(LearnedRule.objects.filter(practice_id=practice_id).order_by("pk"))
    rules = {rule.pk: rule for rule in ClaimRule.objects.filter(practice_id=practice_id)}
    later = {rule.replaces_id: rule for rule in rules.values() if rule.replaces_id}
    found: dict[Key, RuleOfGroup] = {}
    for learned in links:
        versions = [rules[learned.rule_id]]
        while versions[-1].pk in later:
            versions.append(later[versions[-1].pk])
        in_force = [rule for rule in versions if rule.state == "active"]
        chosen = in_force[-1] if in_force else versions[-1]
        found[learned.key] = RuleOfGroup(learned, chosen, tuple(versions))
    return found
