"""Private PostgreSQL and Valkey for the demo and the tests, started and stopped by us.

Importing this package needs nothing but the standard library, so that `bin/demo` can say
a plain sentence when something is missing.
"""
