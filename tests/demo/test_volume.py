"""Volume data keeps the rules that the pages rely on, although it goes past the flows."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Organisation
from needs.actions import take_numbers
from needs.enums import NeedState
from needs.models import Need, Serial


@pytest.fixture
def volume(db):
    call_command("load_volume", needs=120, reviews=3, partners=20, verbosity=0)


def test_the_same_data_are_not_loaded_twice(volume):
    with pytest.raises(CommandError):
        call_command("load_volume", needs=120, verbosity=0)


def test_every_row_satisfies_its_model(volume):
    for need in Need.objects.all():
        need.full_clean(validate_unique=False, validate_constraints=True)


def test_numbers_go_on_behind_the_loaded_ones(volume):
    for serial in Serial.objects.all():
        [number] = take_numbers(serial.hospital_id, 1)
        assert not Need.objects.filter(hospital=serial.hospital_id, number=number).exists()


def test_states_are_spread_and_hospitals_differ_in_size(volume):
    sizes = sorted(each.needs.count() for each in Organisation.objects.hospitals())

    assert len(set(Need.objects.values_list("state", flat=True))) >= len(NeedState) // 2
    assert sizes[0] < sizes[-1]
