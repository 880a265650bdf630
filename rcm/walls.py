"""SQL of the practice walls: row-level security and append-only tables, for use in migrations.

The policy reads the practices of the current transaction from ``rcm.practices`` (rcm.access sets
it). The sub-select makes PostgreSQL evaluate it once per statement, not once per row.
"""

from django.db import migrations

PRACTICES = "(SELECT nullif(current_setting('rcm.practices', true), '')::bigint[])::bigint[]"


def wall(*tables: str) -> list[migrations.RunSQL]:
    """FORCE row-level security with the practice policy on each table."""
    return [
        migrations.RunSQL(
            sql=f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY practice_wall ON {table}
                USING (practice_id = ANY ({PRACTICES}))
                WITH CHECK (practice_id = ANY ({PRACTICES}));
            """,
            reverse_sql=f"""
            DROP POLICY practice_wall ON {table};
            ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
            """,
        )
        for table in tables
    ]


REFUSE_CHANGE = migrations.RunSQL(
    sql="""
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$;
    """,
    reverse_sql="DROP FUNCTION refuse_change();",
)


def append_only(*tables: str) -> list[migrations.RunSQL]:
    """Any UPDATE or DELETE is refused, by row. TRUNCATE is not: the test flush uses it."""
    return [
        migrations.RunSQL(
            sql=f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            reverse_sql=f"DROP TRIGGER append_only ON {table};",
        )
        for table in tables
    ]
