from django.apps import AppConfig


class RcmConfig(AppConfig):
    name = "rcm"

    def ready(self) -> None:
        # Celery is loaded here and not in rcm/__init__ so that rcm.x12 imports alone.
        from rcm import celery  # noqa: F401  (imported for its effect: the current Celery app)
