"""Whoever adds a kind of notification gets these tests for free."""

import pytest
from django.template import engines
from django.utils import translation

from notifications.actions import _mail
from notifications.kinds import registry
from notifications.models import Message

MISSING = "⟨missing⟩"
KINDS = sorted(registry, key=lambda kind: kind.slug)


@pytest.fixture(autouse=True)
def _missing_variables_show(monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", MISSING)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_kind_renders_its_sample(kind, language):
    sample = kind.sample()

    with translation.override(language):
        subject, body = sample.render("subject"), sample.render("body")
    message = Message(
        kind=kind.slug, subject=subject, body=body, url=sample.url(), language=language
    )
    letter = _mail(message)

    assert subject
    assert "\n" not in subject
    assert letter.body.count(sample.link()) == 1
    assert MISSING not in subject + letter.body


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_kind_says_what_it_is(kind):
    assert str(kind.label)
    assert kind.__doc__
    assert kind.slug.split(".")[0] == kind.__module__.split(".")[0]
    assert kind.essential or not kind.secret_link
