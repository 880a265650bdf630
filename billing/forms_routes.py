"""Forms of ways to payers: a route, a re-route, a further channel."""

from typing import Any

from django import forms

from payers.models import Channel, Payer, PayerRoute, Transaction
from rcm.models import Practice


def payer_field(**options: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Payer.objects.none(), **options)


class OfPractice(forms.Form):
    """Offers the payers and active channels of one practice."""

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payers = Payer.objects.filter(practice=practice).order_by("name", "pk")
        channels = Channel.objects.filter(practice=practice, is_active=True).order_by("pk")
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                is_payer = field.queryset is not None and field.queryset.model is Payer
                field.queryset = payers if is_payer else channels


class RouteForm(OfPractice):
    """The payer's id and enrolment on one channel for one transaction."""

    wide_fields = ("note",)

    payer = payer_field(empty_label="Choose…", error_messages={"required": "Choose the payer."})
    transaction = forms.ChoiceField(choices=Transaction.choices)
    channel = forms.ModelChoiceField(
        Channel.objects.none(),
        empty_label="Choose…",
        error_messages={"required": "Choose the channel."},
    )
    payer_identifier = forms.CharField(label="Payer's id there", max_length=20)
    enrolment = forms.ChoiceField(choices=PayerRoute.Enrolment.choices)
    on = forms.DateField(
        label="Requested or answered on", widget=forms.DateInput({"type": "date"}), required=False
    )
    note = forms.CharField(max_length=200, required=False)


class RerouteForm(OfPractice):
    """From one channel to another, for one payer or for all."""

    old = forms.ModelChoiceField(Channel.objects.none(), label="From", empty_label="Choose…")
    new = forms.ModelChoiceField(Channel.objects.none(), label="To", empty_label="Choose…")
    payer = payer_field(required=False, empty_label="All payers")
    reason = forms.CharField(max_length=200, required=False)


class ChannelForm(forms.Form):
    """A further clearinghouse. The password is never typed here: it stays in the environment."""

    # A whole row of the page each.
    wide_fields = ("host_key",)

    name = forms.CharField(max_length=60)
    host = forms.CharField(max_length=200)
    port = forms.IntegerField(min_value=1, max_value=65535, initial=22)
    host_key = forms.CharField(max_length=1000, required=False, label="Host key")
    username = forms.CharField(max_length=60)
    secret_name = forms.CharField(
        max_length=60,
        label="Name of the secret",
        help_text="The variable of the environment that holds the password.",
    )
    folder_out = forms.CharField(max_length=200, initial="inbound", label="Folder we send to")
    folder_in = forms.CharField(max_length=200, initial="outbound", label="Folder we read")
    submitter_id = forms.CharField(max_length=15, label="Our id (ISA06)")
    receiver_id = forms.CharField(max_length=15, label="Their id (ISA08)")
    receiver_name = forms.CharField(max_length=60, label="Their name (1000B)")
    is_test = forms.BooleanField(required=False, label="Test (ISA15 T)")


class UsageForm(forms.Form):
    """What ISA15 of everything sent says."""

    usage = forms.ChoiceField(choices=[("test", "T: test"), ("production", "P: production")])
