"""Files are kept compressed (zlib); their size and SHA-256 are those of the bytes received."""

import zlib

from django.db import migrations

import billing.models.fields

TABLE = "billing_interchangefile"


def compress(apps, schema_editor):
    convert(schema_editor, lambda content: zlib.compress(content, billing.models.fields.FAST))


def decompress(apps, schema_editor):
    convert(schema_editor, zlib.decompress)


def convert(schema_editor, change):
    """One file at a time, all practices: the walls bind the owner as well."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(f"SELECT id FROM {TABLE} ORDER BY id")
        for (pk,) in cursor.fetchall():
            cursor.execute(f"SELECT content FROM {TABLE} WHERE id = %s", [pk])
            content = change(cursor.fetchone()[0])
            cursor.execute(f"UPDATE {TABLE} SET content = %s WHERE id = %s", [content, pk])
        cursor.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0016_lean_ledger'),
    ]

    operations = [
        migrations.AlterField(
            model_name='interchangefile',
            name='content',
            field=billing.models.fields.CompressedBinaryField(),
        ),
        # PostgreSQL need not try to compress it once more.
        migrations.RunSQL(
            f'ALTER TABLE {TABLE} ALTER COLUMN content SET STORAGE EXTERNAL',
            f'ALTER TABLE {TABLE} ALTER COLUMN content SET STORAGE EXTENDED',
        ),
        migrations.RunPython(compress, decompress),
    ]
