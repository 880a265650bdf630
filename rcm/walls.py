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


REFUSE_STRANGERS = migrations.RunSQL(
    sql="""
    CREATE OR REPLACE FUNCTION refuse_strangers() RETURNS trigger LANGUAGE plpgsql
        SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
    DECLARE
        at integer := 0;
        stranger bigint;
    BEGIN
        WHILE at < TG_NARGS LOOP
            EXECUTE format(
                'SELECT f.%1$I FROM (SELECT DISTINCT %1$I, practice_id FROM fresh) f'
                ' WHERE f.%1$I IS NOT NULL AND NOT EXISTS ('
                'SELECT 1 FROM %2$I p WHERE p.id = f.%1$I AND p.practice_id = f.practice_id)'
                ' LIMIT 1', TG_ARGV[at], TG_ARGV[at + 1]) INTO stranger;
            IF stranger IS NOT NULL THEN
                RAISE EXCEPTION '%.% refers to no row of this practice in %: %',
                    TG_TABLE_NAME, TG_ARGV[at], TG_ARGV[at + 1], stranger
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            at := at + 2;
        END LOOP;
        RETURN NULL;
    END $$;
    """,
    reverse_sql="DROP FUNCTION refuse_strangers();",
)


def refers_to(table: str, **columns: str) -> list[migrations.RunSQL]:
    """Check references once per statement, within the practice: ``claim_id="billing_claim"``.

    Each row is looked up by the other table's key whatever the statistics say: the settings of the
    function keep a large table from being read as a whole.
    """
    pairs = ", ".join(f"'{column}', '{other}'" for column, other in columns.items())
    return [
        migrations.RunSQL(
            sql=f"""
            CREATE TRIGGER refers_on_{event} AFTER {event} ON {table}
                REFERENCING NEW TABLE AS fresh
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_strangers({pairs});
            """,
            reverse_sql=f"DROP TRIGGER refers_on_{event} ON {table};",
        )
        for event in ("insert", "update")
    ]


def never_deleted(*tables: str) -> list[migrations.RunSQL]:
    """Rows others refer to without a foreign key cannot go away."""
    return [
        migrations.RunSQL(
            sql=f"""
            CREATE TRIGGER never_deleted BEFORE DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            reverse_sql=f"DROP TRIGGER never_deleted ON {table};",
        )
        for table in tables
    ]


def never_changed(table: str, *columns: str) -> list[migrations.RunSQL]:
    """What was recorded stays; the other columns move on. Costs nothing when none is named.

    PostgreSQL looks at a row only when the UPDATE names one of the columns.
    """
    named = ", ".join(f'"{column}"' for column in columns)
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    return [
        migrations.RunSQL(
            sql=f"""
            CREATE TRIGGER recorded_facts BEFORE UPDATE OF {named} ON {table}
                FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
                EXECUTE FUNCTION refuse_change();
            """,
            reverse_sql=f"DROP TRIGGER recorded_facts ON {table};",
        )
    ]
