"""Forms of denial verbs."""

from django import forms


class WriteOffForm(forms.Form):
    """Why the money is given up."""

    note = forms.CharField(label="Reason", max_length=300)


class PendForm(forms.Form):
    """Until when it rests, and why."""

    until = forms.DateField(
        label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="Reason", max_length=200)


class UpholdForm(forms.Form):
    """The coder's reasoning for keeping the codes."""

    answer = forms.CharField(
        label="Why the coding stands", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
