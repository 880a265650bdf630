"""`manage.py link_provider PRACTICE_NPI PROVIDER_NPI EMAIL`: who answers for a provider."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rcm import access
from rcm.actions.people import link_login
from rcm.errors import Refusal
from rcm.models import Practice, Provider, User


class Command(BaseCommand):
    help = "Link a login with the role Provider to a provider of a practice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("practice_npi")
        parser.add_argument("provider_npi")
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = Practice.objects.filter(npi=options["practice_npi"]).first()
        user = User.objects.filter(email=options["email"]).first()
        if practice is None or user is None:
            raise CommandError("There is no such practice or no such login.")
        with access.acting_in(practice.pk):
            rows = Provider.objects.filter(practice=practice, npi=options["provider_npi"])
            provider = rows.first()
            if provider is None:
                raise CommandError("The practice has no provider of this NPI.")
            try:
                link_login(provider, user)
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{user.email} answers for {provider.signature}.")
