"""The timeline cannot be changed unnoticed."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audit.actions import record
from audit.models import Entry
from audit.queries import broken_links, entries_for


@pytest.fixture
def entries(nurse, other_nurse, office):
    """Three lines about ``nurse`` and one about somebody else."""
    record(other_nurse, "deactivate", by=office)
    for name in ("deactivate", "activate", "deactivate"):
        record(nurse, name, by=office, reason="異動", person=nurse)
    return list(entries_for(nurse))


def test_an_untouched_chain_is_whole(entries):
    assert broken_links() == []


@pytest.mark.parametrize(
    "change", [{"action": "accounts.user.invite"}, {"data": {"reason": "退職"}}, {"actor": None}]
)
def test_a_changed_line_is_found(entries, change):
    Entry.objects.filter(pk=entries[1].pk).update(**change)

    assert broken_links() == [entries[1]]


def test_a_removed_line_is_found_at_the_gap(entries):
    Entry.objects.filter(pk=entries[1].pk).delete()

    assert broken_links() == [entries[2]]


def test_the_command_names_the_broken_line(entries, capsys):
    Entry.objects.filter(pk=entries[1].pk).update(action="accounts.user.invite")

    with pytest.raises(CommandError):
        call_command("verify_audit")

    assert "accounts.user.invite #2" in capsys.readouterr().err


def test_two_lines_cannot_have_the_same_place(entries):
    copy = entries[2]
    copy.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_objects_are_kept_as_number_and_words(entries, nurse):
    assert entries[0].data == {"reason": "異動", "person": {"id": nurse.pk, "text": nurse.name}}
    assert entries[0].label == "利用を止めた"


def test_a_timeline_is_one_query(entries, nurse, django_assert_num_queries):
    entries_for(nurse)

    with django_assert_num_queries(1):
        assert [entry.actor.name for entry in entries_for(nurse)] == ["支援 花子"] * 3
