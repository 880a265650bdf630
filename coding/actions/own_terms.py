"""What people say for a diagnosis that the code set calls otherwise: our own words for codes."""

from django.db import connection, transaction

from coding.actions.code_staging import count_words, wait_for_set
from coding.models import Code
from coding.rules.phrases import phrase_of
from coding.text_tables import own_terms

WRITE_OWN_TERMS = """
    INSERT INTO coding_codeterm (code_id, text, source)
    SELECT DISTINCT ON (c.id, own.text) c.id, own.text, 'own'
    FROM unnest(%s::text[], %s::text[]) AS own (text, code)
    JOIN coding_code c ON c.system = 'icd10cm' AND c.code = own.code
    WHERE own.text <> ''
    ON CONFLICT (code_id, text) DO NOTHING
    RETURNING code_id
"""
REWRITE_WORDS = """
    UPDATE coding_code c SET search_text = t.words
    FROM (SELECT code_id, string_agg(text, ' ' ORDER BY id) AS words FROM coding_codeterm
        WHERE code_id = ANY (%s) GROUP BY code_id) t
    WHERE c.id = t.code_id
"""


def load_own_terms() -> int:
    """Give codes our own words for them (clinical_terms.csv: term, code); how many terms there are.

    They belong to every row of a code, and a code that a later release changes takes them along.
    """
    terms = own_terms()
    texts = [phrase_of(term) for _, term, _ in terms]
    codes = [code for code, _, _ in terms]
    with transaction.atomic(), connection.cursor() as cursor:
        wait_for_set(cursor, Code.System.ICD10CM)
        cursor.execute(WRITE_OWN_TERMS, [texts, codes])
        written = {code_id for (code_id,) in cursor.fetchall()}
        if written:
            cursor.execute(REWRITE_WORDS, [list(written)])
            count_words(cursor)
    return len(terms)
