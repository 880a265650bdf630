import sys

from django.apps import AppConfig

# Seconds a thread back from PostgreSQL waits for the one that computes. With Python's own 5 ms
# recording a remittance takes a third longer (docs/decisions/0012).
TURN = 0.0005


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        sys.setswitchinterval(TURN)
