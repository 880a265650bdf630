"""`manage.py listen_mllp --practice P --port N [--host H]`: takes HL7 v2 messages over TCP."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coding.mllp import Listener
from rcm.commands import find_practice


class Command(BaseCommand):
    help = "Listens for HL7 v2 messages of one practice (MLLP) and acknowledges each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", required=True, help="its NPI, id, initials or name")
        parser.add_argument("--port", required=True, type=int, help="0 takes a free one")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = find_practice(options["practice"])
        try:
            asyncio.run(self.listen(practice.pk, options["host"], options["port"]))
        except OSError as error:
            raise CommandError(f"Cannot listen there: {error.strerror}.") from error
        except KeyboardInterrupt:
            self.stdout.write("stopped")

    async def listen(self, practice_id: int, host: str, port: int) -> None:
        server = await Listener(practice_id).serve(host, port)
        address, found = server.sockets[0].getsockname()[:2]
        self.stdout.write(f"listening at {address}:{found}")
        self.stdout.flush()
        async with server:
            await server.serve_forever()
