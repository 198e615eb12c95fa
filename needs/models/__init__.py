"""The need and what belongs to it; one file for each station."""

from needs.models.desk import ListColumns, SavedView
from needs.models.imports import ImportRun
from needs.models.intake import Clearance, Comment, Enrichment, Relation, Revival
from needs.models.need import REQUIRED_ANSWERS, SHORTEST_PROBLEM, Need, Serial
from needs.models.people import Confirmation, Participant, Transfer
from needs.models.questions import QUESTION_PREFIX, Answer, Question, QuestionSet

__all__ = [
    "QUESTION_PREFIX",
    "REQUIRED_ANSWERS",
    "SHORTEST_PROBLEM",
    "Answer",
    "Clearance",
    "Comment",
    "Confirmation",
    "Enrichment",
    "ImportRun",
    "ListColumns",
    "Need",
    "Participant",
    "Question",
    "QuestionSet",
    "Relation",
    "Revival",
    "SavedView",
    "Serial",
    "Transfer",
]
