"""Committees and everything they make."""

from committee.models.awards import Award, AwardPlan, Nomination
from committee.models.blind import Redaction
from committee.models.decisions import Decision, DecisionKind, Letter
from committee.models.meetings import (
    Attendance,
    Ballot,
    Meeting,
    MeetingItem,
    MinutesApproval,
    Vote,
)
from committee.models.results import CaseResult
from committee.models.reviews import Conflict, Review, Score
from committee.models.rounds import Assignment, Case, Extension, Round
from committee.models.rubrics import Criterion, Rubric
from committee.models.seats import Committee, Member, Tie, TieThreshold

__all__ = [
    "Assignment",
    "Attendance",
    "Award",
    "AwardPlan",
    "Ballot",
    "Case",
    "CaseResult",
    "Committee",
    "Conflict",
    "Criterion",
    "Decision",
    "DecisionKind",
    "Extension",
    "Letter",
    "Meeting",
    "MeetingItem",
    "Member",
    "MinutesApproval",
    "Nomination",
    "Redaction",
    "Review",
    "Round",
    "Rubric",
    "Score",
    "Tie",
    "TieThreshold",
    "Vote",
]
