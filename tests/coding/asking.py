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
    """The member of the provider's practice who answers for them; made when there is none."""
    if provider.user is not None:
        return provider.user
    user = make.member(provider.practice, Role.PROVIDER, email, "Annika", "Lindqvist")
    provider.user = user
    provider.save(update_fields=["user"])
    return user


def colleague(practice: Practice, **changes: Any) -> Provider:
    """Another provider of the practice, with a login."""
    provider = make.provider(practice, npi="1992739112", last_name="Quist", **changes)
    login(provider, "quist@example.test")
    return provider


def chart(practice: Practice, **changes: Any) -> Encounter:
    encounter = make.encounter(practice, **{"text": NOTE} | changes)
    login(encounter.provider)
    return encounter


def ask(encounter: Encounter, by: User, draft: QueryDraft = DRAFT, **more: Any) -> ProviderQuery:
    return ask_query(encounter, draft, by=by, **more)
