"""Queries for tests: a chart that documents diabetes, its provider's login, a compliant draft."""

from dataclasses import replace
from typing import Any

from coding.actions.queries import ask_query
from coding.models import Encounter, ProviderQuery
from coding.rules.query_wording import QueryDraft
from rcm.models import Practice, Provider, Role, User
from tests import make

NOTE = "ASSESSMENT\nType 2 diabetes, A1c 8.6%,\nnot at goal. Right knee pain."
DRAFT = QueryDraft(
    kind="multiple_choice",
    title="Diabetes control",
    question="How would you describe the control of the patient's diabetes?",
    options=("With hyperglycemia", "Without hyperglycemia", "Other", "Clinically undetermined"),
    quotes=("A1c 8.6%, not at goal.",),
)
OPEN = replace(
    DRAFT,
    kind="open",
    title="Clinical significance",
    question="Please document the clinical significance, if any, in your judgement.",
    options=("Clinically undetermined",),
)


def login(provider: Provider, email: str = "annika@example.test") -> User:
    """A member of the provider's practice who answers for them."""
    user = make.member(provider.practice, Role.PROVIDER, email, "Annika", "Lindqvist")
    Provider.objects.filter(pk=provider.pk).update(user=user)
    return user


def chart(practice: Practice, **changes: Any) -> Encounter:
    return make.encounter(practice, **{"text": NOTE} | changes)


def ask(encounter: Encounter, by: User, draft: QueryDraft = DRAFT, **more: Any) -> ProviderQuery:
    return ask_query(encounter, draft, by=by, **more)
