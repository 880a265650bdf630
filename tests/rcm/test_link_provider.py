"""`manage.py link_provider`: one login answers for one provider of a practice."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from rcm import access
from rcm.models import Event, Practice, Provider, Role, User
from tests import make


@pytest.fixture
def pat(north: Practice) -> User:
    return make.member(north, Role.PROVIDER, "pat@example.test", "Pat", "Reed")


def link(email: str, npi: str = "1098765435", practice: str = "1234567893") -> str:
    said = StringIO()
    call_command("link_provider", practice, npi, email, stdout=said)
    return said.getvalue()


def test_a_provider_s_login_is_linked(north: Practice, pat: User) -> None:
    provider = make.provider(north)
    assert link(pat.email) == "pat@example.test answers for Annika Lindqvist, MD.\n"
    access.open_walls([north.pk])
    provider.refresh_from_db()
    assert provider.user == pat
    assert Event.objects.get(name="provider.login_linked").data == {"user": pat.pk}


@pytest.mark.parametrize(
    ("email", "more", "said"),
    [
        ("nobody@example.test", {}, "There is no such practice or no such login."),
        ("pat@example.test", {"npi": "1992739112"}, "The practice has no provider of this NPI."),
        (
            "ana@example.test",
            {},
            "ana@example.test does not have the role Provider in this practice.",
        ),
    ],
)
def test_what_cannot_be_linked_is_said(
    north: Practice, pat: User, ana: User, email: str, more: dict[str, str], said: str
) -> None:
    make.provider(north)
    with pytest.raises(CommandError) as error:
        link(email, **more)
    assert str(error.value) == said
    access.open_walls([north.pk])
    assert not Provider.objects.filter(user__isnull=False).exists()


def test_a_login_answers_for_one_provider_only(north: Practice, pat: User) -> None:
    make.provider(north)
    make.provider(north, npi="1992739112", last_name="Quist")
    link(pat.email)
    with pytest.raises(CommandError, match="answers for Annika Lindqvist, MD already"):
        link(pat.email, npi="1992739112")
