"""The managers: what denials have taught is looked at once a week and put in force."""

from datetime import date, timedelta

from billing.actions import claim_rules
from billing.models import ClaimRule
from denials.actions import change_alarms
from denials.actions.learning import draft_from
from denials.learning import Key, RuleOfGroup, groups_of, rules_by_group
from denials.models import ChangeAlarm, Denial, LearnedRule
from denials.simulation.cast import Clinic
from payers.actions.authorizations import add_rule
from payers.models import Payer
from rcm import access
from rcm.errors import Refusal

# Beside payer and procedure a rule says something a person can act on.
BASE = ("payer ", "procedure ")
# A rule that so many denials passed by is drafted anew.
MISSED = 5
ON_THE_WAY = timedelta(days=28)
# A draft that says too little is asked for again after three weeks.
WAITED = timedelta(days=21)
FEWEST_HIT = 4
# The reason itself says that an authorization is missing: two are enough.
FEWEST_UNAUTHORIZED = 2


class ManagementOffice:
    """One practice's manager. `learns`: are rules published? `watches`: are alarms heeded?"""

    def __init__(self, clinic: Clinic, *, learns: bool, watches: bool) -> None:
        self.clinic, self.learns, self.watches = clinic, learns, watches
        self.published = 0

    def look(self, today: date) -> None:
        with access.acting_in(self.clinic.practice.pk):
            if self.watches:
                self.acknowledge_alarms()
            if self.learns:
                self.want_authorizations(today)
                self.publish(today)

    def acknowledge_alarms(self) -> None:
        alarms = ChangeAlarm.objects.filter(
            practice=self.clinic.practice, state=ChangeAlarm.State.OPEN
        )
        for alarm in alarms.order_by("pk"):
            change_alarms.acknowledge(alarm, by=self.clinic.manager, note="Rule to follow.")

    def want_authorizations(self, today: date) -> None:
        """A payer that denies a procedure for want of an authorization wants one from now on."""
        for group in groups_of(self.clinic.practice, today, fewest=FEWEST_UNAUTHORIZED):
            if group.group.category == "authorization" and group.group.procedure_code:
                payer = Payer.objects.get(pk=group.payer_pk)
                add_rule(payer, group.group.procedure_code, starts_on=today, by=self.clinic.manager)

    def publish(self, today: date) -> None:
        """Put drafts in force that say what to look at; ask again for those that do not yet."""
        practice = self.clinic.practice
        known = rules_by_group(practice.pk)
        for group in groups_of(practice, today):
            found = known.get(group.key)
            if found is None or self.decide(found.learned, found.rule):
                continue
            if not is_stale(found, group.key, today):
                continue
            if found.state != "retired":
                claim_rules.retire_rule(found.rule, by=self.clinic.manager)
            try:
                drafted = draft_from(practice, group, by=self.clinic.manager, today=today)
            except Refusal:
                # Its claims suggest nothing yet; another week there are more of them.
                continue
            self.decide(drafted, drafted.rule)

    def decide(self, learned: LearnedRule, rule: ClaimRule) -> bool:
        """Put a draft in force that is right often enough and says what to look at."""
        if rule.state != "draft" or not (names_a_remedy(rule) and is_mostly_right(learned)):
            return False
        claim_rules.enable_rule(rule, by=self.clinic.manager)
        self.published += 1
        return True


def is_stale(found: RuleOfGroup, key: Key, today: date) -> bool:
    """Does it pay to draft anew: nothing there, a draft of weeks ago, or one that is passed by?"""
    if found.state == "active":
        return count_missed(found.learned.practice_id, found.rule, key) >= MISSED
    return found.learned.drafted_at.date() + WAITED <= today


def is_mostly_right(learned: LearnedRule) -> bool:
    """Of the claims it would have stopped three in four were denied, and they were some."""
    hits = learned.denied_hit + learned.paid_hit
    return learned.denied_hit >= FEWEST_HIT and 4 * learned.denied_hit >= 3 * hits


def names_a_remedy(rule: ClaimRule) -> bool:
    """Has every block a condition beside payer and procedure?"""
    blocks = [block for block in rule.terms.split("\n\n") if block.strip()]
    return all(
        any(not line.startswith(BASE) for line in block.splitlines() if line.strip())
        for block in blocks
    )


def count_missed(practice_id: int, rule: ClaimRule, key: Key) -> int:
    """Claims denied in spite of a rule in force; those on their way when it began apart."""
    if rule.enabled_at is None:
        return 0
    payer_id, category, reason, procedure = key
    return (
        Denial.objects.filter(
            practice_id=practice_id,
            payer_id=payer_id,
            category=category,
            reason=reason,
            service_line__procedure_code=procedure,
            denied_on__gt=rule.enabled_at.date() + ON_THE_WAY,
        )
        .values("claim")
        .distinct()
        .count()
    )
