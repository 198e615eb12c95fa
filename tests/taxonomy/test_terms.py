"""The code lists."""

import pytest
from django.utils import translation

from taxonomy.actions import load_terms
from taxonomy.models import Term, TermKind


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TermKind)
def test_every_list_is_filled_in_both_languages(kind):
    terms = Term.objects.of(kind)

    assert terms.exists()
    assert all(term.ja and term.en for term in terms)


@pytest.mark.django_db
def test_loading_again_adds_nothing_and_keeps_edits():
    term = Term.objects.of(TermKind.PROFESSION)[0]
    term.ja = "看護師・助産師"
    term.save()

    assert load_terms() == 0
    term.refresh_from_db()
    assert term.ja == "看護師・助産師"


@pytest.mark.django_db
def test_a_term_that_is_not_used_any_more_is_not_offered():
    term = Term.objects.of(TermKind.PROFESSION)[0]
    Term.objects.filter(pk=term.pk).update(is_active=False)

    assert term not in Term.objects.of(TermKind.PROFESSION)


def test_a_term_speaks_the_readers_language():
    term = Term(ja="看護師", en="Nurse")

    with translation.override("en"):
        assert str(term) == "Nurse"
    with translation.override("ja"):
        assert str(term) == "看護師"
