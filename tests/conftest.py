"""The cast: North practice with coder Ana and biller Ben; Otto of another practice sees nothing.

Tables are created by the owner role, tests run as the application role under row-level security.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from coding.code_usage import forget_usage
from coding.code_words import forget_words
from payers.table_cache import forget_releases
from rcm import access
from rcm.environment import env_database
from rcm.models import Practice, Role, User
from tests import make

# Passwords of tests are no secrets; a slow hash for every person would be most of the time.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Create the test database as owner, then switch the connection to the application role."""
    from django.test.utils import setup_databases, teardown_databases

    owner = env_database("RCM_TEST_OWNER_DATABASE_URL")
    application_user = settings.DATABASES["default"]["USER"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    database = connections["default"].settings_dict
    database["USER"] = owner["USER"]
    database["TEST"]["NAME"] = f"test_{database['NAME']}_{worker or 'main'}"
    with django_db_blocker.unblock():
        configured = setup_databases(verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {application_user}")
        connection.close()
        database["USER"] = application_user
    yield
    with django_db_blocker.unblock():
        connection.close()
        database["USER"] = owner["USER"]
        teardown_databases(configured, verbosity=0)


@pytest.fixture(autouse=True)
def no_remembered_releases() -> None:
    """A test's tables and codes are taken back with its transaction; the process must not know
    them.
    """
    forget_releases()
    forget_words()
    forget_usage()


@pytest.fixture
def north(db: None) -> Practice:
    """North practice, with the walls of the test's transaction open for it."""
    practice = make.practice(name="North Medical Group", initials="NO", npi="1234567893")
    access.open_walls([practice.pk])
    return practice


@pytest.fixture
def south(db: None) -> Practice:
    """Another practice. Its rows can only be made or seen with open_walls([south.pk])."""
    return make.practice(name="South Clinic", initials="SO", npi="1245319599")


@pytest.fixture
def ana(north: Practice) -> User:
    """Coder of North."""
    return make.member(north, Role.CODER, "ana@example.test", "Ana", "Brandt")


@pytest.fixture
def ben(north: Practice) -> User:
    """Biller of North."""
    return make.member(north, Role.BILLER, "ben@example.test", "Ben", "Carver")


@pytest.fixture
def mia(north: Practice) -> User:
    """Manager of North."""
    return make.member(north, Role.MANAGER, "mia@example.test", "Mia", "Dunn")


@pytest.fixture
def otto(south: Practice) -> User:
    """Biller of South; North's rows do not exist for him."""
    return make.member(south, Role.MANAGER, "otto@example.test", "Otto", "Engel")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ana_client(ana: User) -> Client:
    return signed_in(ana)


@pytest.fixture
def ben_client(ben: User) -> Client:
    return signed_in(ben)


@pytest.fixture
def mia_client(mia: User) -> Client:
    return signed_in(mia)


@pytest.fixture
def otto_client(otto: User) -> Client:
    return signed_in(otto)
