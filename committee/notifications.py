"""What people hear about a round. No text of a need ever goes out with it."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import HOSPITAL_ROLES, Role
from accounts.models import User
from accounts.queries import people
from committee.enums import OUT_ANSWERS, Verdict
from committee.models import Award, Case, Committee, Conflict, Extension, Letter, Round
from committee.queries import Waiting, leaders, scorers, speakers
from needs.notifications import sample_need
from notifications.kinds import Notification, registry


class AboutRound(Notification):
    """What every notice about a round shares; ``round`` is a field, or a property of its subject."""

    permission = "committee.view_round"

    def url(self):
        return self.round.get_absolute_url()

    def target(self):
        return self.round

    def hospital_id(self):
        return self.round.hospital_id

    @classmethod
    def sample(cls):
        return cls(round=sample_case().round)


@registry.register
@dataclass(frozen=True, kw_only=True)
class ReviewAsked(AboutRound):
    """Ask the members to score."""

    slug = "committee.review_asked"
    label = _("採点のお願い")

    round: Round

    def recipients(self):
        return scorers(self.round)


@registry.register
@dataclass(frozen=True, kw_only=True)
class CasesAssigned(AboutRound):
    """Tell members who were given cases after scoring began."""

    slug = "committee.cases_assigned"
    label = _("審査する案件の割り当て")

    round: Round
    people: tuple[User, ...] = ()

    def recipients(self):
        return list(self.people)

    @classmethod
    def sample(cls):
        case = sample_case()
        return cls(round=case.round, people=(case.need.proposer,))


@registry.register
@dataclass(frozen=True, kw_only=True)
class ConflictDeclared(AboutRound):
    """Tell the office that a member is out of a case, in doubt, or back in."""

    slug = "committee.conflict_declared"
    label = _("利益相反の申告")

    conflict: Conflict

    @property
    def round(self):
        return self.conflict.case.round

    def recipients(self):
        case = self.conflict.case
        closed = case.conflicts.filter(answer__in=OUT_ANSWERS).values_list("member", flat=True)
        out = {self.conflict.member_id, *speakers(case), *closed}
        return people(Role.OFFICE, at=self.round.hospital_id).exclude(pk__in=out)

    @classmethod
    def sample(cls):
        case = sample_case()
        return cls(conflict=Conflict(pk=1, case=case, member=case.need.proposer, answer="unsure"))


@registry.register
@dataclass(frozen=True, kw_only=True)
class ConflictSettled(AboutRound):
    """Tell a member that chair or office took her out of a case, or ask her to answer again."""

    slug = "committee.conflict_settled"
    label = _("利益相反の確認の結果")

    case: Case
    member: User
    verdict: Verdict

    @property
    def round(self):
        return self.case.round

    def recipients(self):
        return [self.member]

    def url(self):
        return self.case.get_absolute_url()

    @classmethod
    def sample(cls):
        case = sample_case()
        return cls(case=case, member=case.need.proposer, verdict=Verdict.RECUSE)


@registry.register
@dataclass(frozen=True, kw_only=True)
class DeadlineExtended(AboutRound):
    """Tell a member that she may score a little longer."""

    slug = "committee.deadline_extended"
    label = _("採点の締切の延長")

    extension: Extension

    @property
    def round(self):
        return self.extension.round

    def recipients(self):
        return [self.extension.user]

    @classmethod
    def sample(cls):
        case = sample_case()
        person = case.need.proposer
        until = case.round.deadline + timedelta(days=2)
        return cls(
            extension=Extension(pk=1, round=case.round, user=person, until=until, reason="出張")
        )


@registry.register
@dataclass(frozen=True, kw_only=True)
class RoundHindered(AboutRound):
    """Tell the office once why a round could not open by itself."""

    slug = "committee.round_hindered"
    label = _("自動で採点を始められなかったとき")
    permission = "committee.manage_round"

    round: Round
    reasons: tuple[str, ...]

    def recipients(self):
        return people(Role.OFFICE, at=self.round.hospital_id)

    @classmethod
    def sample(cls):
        return cls(round=sample_case().round, reasons=(str(_("採点する委員がいません。")),))


@registry.register
@dataclass(frozen=True, kw_only=True)
class ScoringClosed(AboutRound):
    """Tell office, chair and deputy that the deadline closed the scoring by itself."""

    slug = "committee.scoring_closed"
    label = _("採点の自動の締め切り")
    permission = "committee.lead_round"

    round: Round

    def recipients(self):
        office = people(Role.OFFICE, at=self.round.hospital_id)
        return [*office, *leaders(self.round)]


@registry.register
@dataclass(frozen=True, kw_only=True)
class ScoresDue(AboutRound):
    """Remind a member of what is left to score: one mail for all her rounds."""

    slug = "committee.scores_due"
    label = _("採点の締切が近いとき")

    person: User
    waiting: tuple[Waiting, ...]

    @property
    def round(self):
        return self.waiting[0].round

    def recipients(self):
        return [self.person]

    def url(self):
        if len(self.waiting) == 1:
            return super().url()
        return reverse("committee:list")

    @classmethod
    def sample(cls):
        case = sample_case()
        line = Waiting(round=case.round, left=3, deadline=case.round.deadline)
        return cls(person=case.need.proposer, waiting=(line,))


@registry.register
@dataclass(frozen=True, kw_only=True)
class ResultReleased(Notification):
    """Tell the proposer that the letter is there, and whether there is an award."""

    slug = "committee.result_released"
    label = _("審査の結果")
    permission = "committee.view_letter"

    letter: Letter
    awards: tuple[Award, ...] = ()

    def recipients(self):
        return [self.letter.case.need.proposer]

    def url(self):
        return self.letter.get_absolute_url()

    def target(self):
        return self.letter

    def hospital_id(self):
        return self.letter.case.round.hospital_id

    @classmethod
    def sample(cls):
        return cls(letter=Letter(pk=1, public_id="sample234567", case=sample_case()))


@registry.register
@dataclass(frozen=True, kw_only=True)
class AwardsAnnounced(AboutRound):
    """Tell everybody who works in the hospital that there are winners."""

    slug = "committee.awards_announced"
    label = _("院内の受賞のお知らせ")
    permission = ""  # everybody, not only who may see the round

    round: Round

    def recipients(self):
        return people(*HOSPITAL_ROLES, at=self.round.hospital_id)

    def url(self):
        return reverse("committee:winners")


def sample_case():
    """An unsaved case for previews and contract tests."""
    need = sample_need()
    committee = Committee(pk=1, name="ニーズ抽出委員会", hospital=need.hospital)
    round_ = Round(
        pk=1,
        public_id="sample234567",
        committee=committee,
        title="2026年度 第1回審査会",
        opens_at=timezone.now(),
        deadline=timezone.now() + timedelta(days=14),
    )
    return Case(pk=1, public_id="sample234567", round=round_, need=need)
