"""The sidebar: what it lists and the keys that lead there."""

import pytest
from django.urls import reverse

from rcm.access import CAPABILITIES
from rcm.context import NAVIGATION
from rcm.models import Role

SWITCH_PRACTICE = "p"


@pytest.mark.parametrize("role", Role.values)
def test_every_key_of_the_sidebar_leads_to_one_page(role: str) -> None:
    allowed = {"", *CAPABILITIES[role]}
    entries = [entry for _, group in NAVIGATION for entry in group]
    own = [key for *_, capability, key in entries if capability in allowed and key]
    keys = [SWITCH_PRACTICE, *own]

    assert sorted(keys) == sorted(set(keys))


def test_every_entry_of_the_sidebar_has_an_address_and_a_picture_of_its_own() -> None:
    entries = [entry for _, group in NAVIGATION for entry in group]
    addresses = [reverse(url_name) for _, url_name, *_ in entries]
    icons = [icon for _, _, icon, *_ in entries]

    assert len(set(addresses)) == len(entries)
    assert sorted(icons) == sorted(set(icons))
