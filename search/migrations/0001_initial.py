import json
from pathlib import Path

from django.conf import settings
from django.db import migrations, models

SQLITE = [
    """CREATE VIRTUAL TABLE search_fts USING fts5(
        scopes, words, content='search_entry', content_rowid='id', detail=full,
        tokenize="unicode61 remove_diacritics 0"
    )""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_fts(rowid, scopes, words) VALUES (new.id, new.scopes, new.words);
    END""",
    """CREATE TRIGGER search_entry_deleted AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_fts(search_fts, rowid, scopes, words)
        VALUES ('delete', old.id, old.scopes, old.words);
    END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
        INSERT INTO search_fts(search_fts, rowid, scopes, words)
        VALUES ('delete', old.id, old.scopes, old.words);
        INSERT INTO search_fts(rowid, scopes, words) VALUES (new.id, new.scopes, new.words);
    END""",
]
# The words are letters and digits only (search.tokens), so a literal needs no escaping. Positions beyond 16,383 are one position, as PostgreSQL documents.
POSTGRESQL = [
    "ALTER TABLE search_entry ADD COLUMN vector tsvector NOT NULL DEFAULT ''",
    "ALTER TABLE search_entry SET (toast_tuple_target = 8160)",
    """CREATE FUNCTION search_entry_vector() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        new.vector := (
            SELECT string_agg(
                '''' || word || ''':' || places, ' '
            )::tsvector
            FROM (
                SELECT word, string_agg(least(place, 16383)::text, ',') AS places
                FROM (
                    SELECT word, place, row_number() OVER (PARTITION BY word ORDER BY place) AS n
                    FROM regexp_split_to_table(new.words, ' +') WITH ORDINALITY AS w(word, place)
                    WHERE word <> ''
                ) AS placed
                WHERE n <= 255
                GROUP BY word
            ) AS words
        );
        new.vector := coalesce(new.vector, ''::tsvector) || (
            SELECT coalesce(array_to_tsvector(array_agg('@' || scope)), ''::tsvector)
            FROM regexp_split_to_table(new.scopes, ' +') AS scope WHERE scope <> ''
        );
        RETURN new;
    END $$""",
    """CREATE TRIGGER search_entry_vector BEFORE INSERT OR UPDATE OF scopes, words
    ON search_entry FOR EACH ROW EXECUTE FUNCTION search_entry_vector()""",
    "CREATE INDEX search_entry_found ON search_entry USING gin (vector) WITH (fastupdate = off)",
]
UNDO = {
    "sqlite": ["DROP TABLE search_fts"],
    "postgresql": ["DROP FUNCTION search_entry_vector CASCADE"],
}


def build(_apps, editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement, params=None)


def destroy(_apps, editor):
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement, params=None)


def add_synonyms(apps, _editor):
    """The words of a ward that the dictionary does not know as one (ours, to be edited)."""
    groups = json.loads((Path(__file__).parent.parent / "synonyms.json").read_text())
    synonym = apps.get_model("search", "Synonym")
    synonym.objects.bulk_create(synonym(words="\n".join(group)) for group in groups)


class Migration(migrations.Migration):

    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("object_id", models.PositiveBigIntegerField()),
                ("scopes", models.TextField()),
                ("words", models.TextField()),
                ("length", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "索引",
                "verbose_name_plural": "索引",
                "constraints": [models.UniqueConstraint(fields=("kind", "object_id"), name="one_entry_per_object")],
            },
        ),
        migrations.CreateModel(
            name="Statistic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=40)),
                ("word", models.CharField(max_length=100)),
                ("documents", models.BigIntegerField()),
                ("length", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "語の統計",
                "verbose_name_plural": "語の統計",
                "indexes": [models.Index(fields=["scope", "word"], name="search_statistic_of_word")],
            },
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0, editable=False, verbose_name="版")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="作成日時")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="最終更新")),
                ("words", models.TextField(max_length=500, verbose_name="同じ意味のことば")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="備考")),
                ("updated_by", models.ForeignKey(blank=True, editable=False, null=True, on_delete=models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="最後に変更した人")),
            ],
            options={"verbose_name": "同義語", "verbose_name_plural": "同義語"},
        ),
        migrations.RunPython(build, destroy),
        migrations.RunPython(add_synonyms, migrations.RunPython.noop),
    ]
