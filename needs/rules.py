"""Predicates about needs. Each touches only what is already loaded."""

import rules

from accounts.enums import Role
from needs.enums import BEFORE_REVIEW, JOINABLE_STATES, OPEN_STATES, NeedState, ParticipantKind


@rules.predicate
def works_in_hospital(user, hospital):
    """Belongs to the hospital that the need would come from."""
    return hospital is not None and hospital.pk in user.hospitals


@rules.predicate
def is_proposer(user, need):
    """It is her own worry, or one that she brought in for somebody."""
    return need is not None and need.proposer_id == user.pk


@rules.predicate
def is_participant(user, need):
    """Her name stands beside the proposer's, or she joined because she has the same worry."""
    return need is not None and user.pk in need.people


@rules.predicate
def is_co_submitter(user, need):
    """Her name stands beside the proposer's."""
    return is_participant(user, need) and need.people[user.pk].kind == ParticipantKind.CO_SUBMITTER


@rules.predicate
def awaits_its_clinician(_user, need):
    """The office wrote it down, and nobody whose worry it is has taken it over yet."""
    return (
        need is not None
        and need.entered_by_id is not None
        and (need.proposer_id == need.entered_by_id)
    )


@rules.predicate
def is_colleague(user, need):
    """Works in the hospital that the need comes from."""
    return need is not None and need.hospital_id in user.hospitals


@rules.predicate
def is_joinable(_user, need):
    """It was handed in and goes on: whoever has the same worry can join."""
    return need is not None and need.state in JOINABLE_STATES


@rules.predicate
def is_co_editor(user, need):
    """A co-submitter whom the proposer lets write."""
    return is_co_submitter(user, need) and need.people[user.pk].may_edit


@rules.predicate
def has_agreed(user, need):
    """A co-submitter who gave her word to her name and share."""
    return is_co_submitter(user, need) and need.people[user.pk].agreed_at is not None


@rules.predicate
def speaks_for_herself(user, need):
    """Her own worry, not one that she wrote down on behalf of others: she may not judge it."""
    if need is not None and is_participant(user, need):
        return True
    return is_proposer(user, need) and need.entered_by_id != user.pk


@rules.predicate
def is_draft(_user, need):
    """Not handed in yet (or withdrawn before): only the proposer knows of it."""
    return need is not None and need.number is None


@rules.predicate
def is_editable(_user, need):
    """The text is still the proposer's to change."""
    return need is not None and need.state in {
        NeedState.DRAFT,
        NeedState.RETURNED,
        NeedState.CLOSED,
    }


@rules.predicate
def is_before_review(_user, need):
    """The committee has not begun: description, names and shares may still change."""
    return need is not None and need.state in BEFORE_REVIEW


@rules.predicate
def is_with_office(_user, need):
    """It is the office's to prepare."""
    return need is not None and need.state in {NeedState.SUBMITTED, NeedState.SCREENING}


@rules.predicate
def clock_is_stopped(_user, need):
    """The promised day does not count at the moment."""
    return need is not None and need.clock_stopped_on is not None


@rules.predicate
def is_office(user, need):
    """Works in the support office of the need's hospital."""
    return need is not None and user.holds(Role.OFFICE, need.hospital_id)


@rules.predicate
def runs_office_of(user, hospital):
    """Works in the support office of this hospital."""
    return hospital is not None and user.holds(Role.OFFICE, hospital.pk)


@rules.predicate
def is_director(user, need):
    """Directs the need's hospital."""
    return need is not None and user.holds(Role.DIRECTOR, need.hospital_id)


@rules.predicate
def is_department_head(user, need):
    """Heads the department that the need comes from, and still works in the hospital."""
    return (
        need is not None
        and need.department is not None
        and need.department.head_id == user.pk
        and need.hospital_id in user.hospitals
    )


@rules.predicate
def looks_after_hospital(user, hospital):
    """Reads everything that was handed in there, as its office or director."""
    return hospital is not None and any(
        user.holds(role, hospital.pk) for role in (Role.OFFICE, Role.DIRECTOR)
    )


@rules.predicate
def is_being_prepared(_user, need):
    """It was handed in, and the committee has not decided."""
    return need is not None and need.state in OPEN_STATES


@rules.predicate
def is_screened(_user, need):
    """The office took it in, and the committee has not begun."""
    return need is not None and need.state == NeedState.SCREENING


@rules.predicate
def nobody(_user, _need):
    """Only another action does this, such as the release of a round."""
    return False


has_post = is_office | is_director | is_department_head
may_write = is_proposer | is_co_editor
may_read = is_proposer | is_co_submitter | (~is_draft & has_post)
