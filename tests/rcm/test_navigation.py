"""The sidebar: what it lists and the keys that lead there."""

from django.urls import reverse

from rcm.context import NAVIGATION

SWITCH_PRACTICE = "p"


def test_every_key_of_the_sidebar_leads_to_one_page() -> None:
    keys = [SWITCH_PRACTICE, *(key for _, entries in NAVIGATION for *_, key in entries)]

    assert sorted(keys) == sorted(set(keys))


def test_every_entry_of_the_sidebar_has_an_address_and_a_picture_of_its_own() -> None:
    entries = [entry for _, group in NAVIGATION for entry in group]
    addresses = [reverse(url_name) for _, url_name, *_ in entries]
    icons = [icon for _, _, icon, *_ in entries]

    assert len(set(addresses)) == len(entries)
    assert sorted(icons) == sorted(set(icons))
