"""The coder queue's forms: its filters, all in the address, and what is done to many charts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.http import urlencode

from coding.models import AssignmentRule, Encounter, SavedView
from payers.models import Payer
from rcm.models import User

MINE, NOBODYS = "me", "none"
# Days since the visit: the first day of each group by age. The youngest is within the target.
GROUP_DAYS = (15, 8, 4, 0)
WAITING = [(first, f"Over {first - 1} days") for first in reversed(GROUP_DAYS) if first]
GROUP_KINDS = ("specialty", "payer_class", "days")
STATES = [(state.value, state.label) for state in Encounter.State if state != "finalized"]
BIGGEST_ID = 2**63 - 1


def select_of_ids(label: str) -> forms.IntegerField:
    """A choice among rows; one of another practice matches nothing here."""
    return forms.IntegerField(
        required=False, min_value=1, max_value=BIGGEST_ID, label=label, widget=forms.Select
    )


class QueueFilters(forms.Form):
    """Filters of the coder queue. One that cannot be read is none."""

    q = forms.CharField(required=False, max_length=60, label="Search")
    location = select_of_ids("Location")
    provider = select_of_ids("Provider")
    specialty = forms.CharField(required=False, max_length=40, widget=forms.Select)
    payer_class = forms.ChoiceField(
        required=False, choices=[("", "All payers"), *Payer.PayerClass.choices], label="Payer class"
    )
    days = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        label="Waiting",
        choices=[("", "Any time"), *WAITING],
    )
    state = forms.ChoiceField(required=False, choices=[("", "Any state"), *STATES])
    owner = forms.CharField(required=False, max_length=19, widget=forms.Select)

    def clean_owner(self) -> str:
        owner: str = self.cleaned_data["owner"]
        known = owner in ("", MINE, NOBODYS) or (owner.isascii() and owner.isdecimal())
        if not known or (owner.isdecimal() and int(owner) > BIGGEST_ID):
            raise forms.ValidationError("Nobody is called so.")
        return owner

    def offer(self, name: str, everything: str, choices: Iterable[tuple[Any, str]]) -> None:
        """What the select of a field shows."""
        widget: Any = self.fields[name].widget
        widget.choices = [("", everything), *choices]

    @property
    def asked(self) -> dict[str, Any]:
        """The filters that are set and can be read."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def words(self) -> list[str]:
        """The set filters as the selects call them: "Lindqvist", "Over 7 days"."""
        found = []
        for name, value in self.asked.items():
            choices: Any = getattr(self.fields[name].widget, "choices", ())
            labels = {str(key): label for key, label in choices}
            found.append(str(labels.get(str(value), value)))
        return found


# What of an address says which list it is; the page and the density of the rows do not.
LIST_KEYS = ("view", *QueueFilters.base_fields)


def list_query(data: Mapping[str, Any]) -> str:
    """The part of an address that names a list, "" for everything to code."""
    kept = {key: str(data[key])[:60] for key in LIST_KEYS if data.get(key)}
    if kept.get("view") == "all":
        del kept["view"]
    return urlencode(kept)


class BulkAssignForm(forms.Form):
    """To whom the chosen charts go; empty takes them back to nobody."""

    person = select_of_ids("Coder")


class BulkHoldForm(forms.Form):
    reason = forms.CharField(max_length=200)
    until = forms.DateField(required=False)


class SaveViewForm(forms.ModelForm):  # type: ignore[type-arg]  # the class takes none
    class Meta:
        model = SavedView
        fields = ("name", "is_shared")


class TakeBackForm(forms.Form):
    """Whose charts go back to nobody."""

    person = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)


class GroupForm(forms.Form):
    """So many of the oldest charts of a group of the board, to a coder."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in GROUP_KINDS])
    value = forms.CharField(required=False, max_length=40, strip=False)
    person = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
    count = forms.IntegerField(min_value=1, max_value=5_000)

    def clean(self) -> dict[str, Any]:
        """With the group itself as `group`, kind -> value; an age is a number."""
        given = dict(self.cleaned_data)
        kind, value = given.get("kind", ""), given.get("value", "")
        if kind == "days" and value not in {str(first) for first in GROUP_DAYS}:
            raise forms.ValidationError({"value": "There is no such group."})
        given["group"] = {kind: int(value) if kind == "days" else value}
        return given


class AssignmentRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # the class takes none
    """Conditions, and who shares what fits them."""

    coders = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = AssignmentRule
        fields = ("name", "specialty", "visit_type", "provider", "payer", "payer_class", "coders")

    def __init__(self, *args: Any, practice: Any, coders: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("provider", "payer"):
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(practice=practice).order_by("pk")
            field.empty_label = "Any"
        self.fields["coders"].choices = [(user.pk, str(user)) for user in coders]  # type: ignore[attr-defined]  # a choice field
