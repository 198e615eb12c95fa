"""What goes out in the demo: publications, companies that answer, talks and contracts."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.enums import Role
from accounts.queries import people
from contracts import actions as contract_actions
from contracts.enums import NoteAudience, Side
from contracts.slots import slot_of
from demo.clock import days_ago
from disclosure import actions as disclosure_actions
from disclosure.enums import NoveltyAnswer, Tier
from matching import actions as matching_actions
from matching.queries import candidates

PUBLISHED = {"talking", "agreed", "published", "interest"}


class Outside:
    """Goes on where the committee ended; ``story`` is the ``demo.story.Story``."""

    def __init__(self, story):
        self.people, self.office = story.people, story.office
        self.plans, self.by_plan = story.plans, story.by_plan

    def tell(self):
        """Publish, let companies answer, talk and sign."""
        self._publications()
        self._matches()
        self._contracts()

    def _publications(self):
        self.publications = {}
        for position, need in enumerate(self.by_plan(*PUBLISHED, "consent")):
            _need, row = self.plans[need.pk]
            need.refresh_from_db()
            with days_ago(215 - position * 5):
                publication = self._prepare(need, row)
            self.publications[need.pk] = publication
            if row["plan"] in PUBLISHED:
                with days_ago(205 - position * 5):
                    disclosure_actions.give_consent(
                        publication, by=need.proposer, text_version=publication.text_version
                    )
                    disclosure_actions.publish(publication, by=self.office["a"])

    def _prepare(self, need, row):
        publication = disclosure_actions.start(need, by=self.office["a"])
        by_tier = {"problem": Tier.MEMBERS, "ideal_state": Tier.MEMBERS, "idea": Tier.INTERNAL}
        technologies = {"talking": ["T26", "T27"], "agreed": ["T13", "T15"]}
        disclosure_actions.edit(
            publication,
            by=self.office["a"],
            summary=need.problem,
            wanted="試作品をつくり、病棟や手術室でいっしょに試してくれる企業を探しています。",
            novelty=NoveltyAnswer.NO_IDEA,
            device_class=self.people.term("device_class", "2" if need.idea else "9"),
            technologies=[
                self.people.term("technology", code)
                for code in technologies.get(row["plan"], ["T26", "T28"])
            ],
            fields={code: {"tier": tier} for code, tier in by_tier.items()},
        )
        disclosure_actions.ask_consent(publication, by=self.office["a"])
        return publication

    def _company(self, index):
        company = self.people.companies[index]
        return company, people(Role.PARTNER, at=company).first()

    def _interest(self, need, index, message):
        company, person = self._company(index)
        publication = self.publications[need.pk]
        publication.refresh_from_db()
        return matching_actions.express_interest(
            publication, partner=company, message=message, by=person
        )

    def _matches(self):
        talking, agreed, interest = (self.by_plan(p)[0] for p in ("talking", "agreed", "interest"))
        office = self.office["a"]
        with days_ago(150):
            self.sensor = self._interest(
                talking,
                0,
                "離床センサを15施設で試した経験があります。病棟で夜間のデータを見せていただけますか。",
            )
            self.ended = self._interest(
                talking, 8, "カメラを使わない方法も含めて、ご一緒したいです。"
            )
            self.clip = self._interest(
                agreed, 3, "クリーンルームで、滅菌できる樹脂部品を作れます。"
            )
        with days_ago(140):
            for match in (self.sensor, self.clip, self.ended):
                matching_actions.set_meeting(
                    match, by=office, meeting_date=timezone.localdate() + timedelta(days=7)
                )
        with days_ago(125):
            for match in (self.sensor, self.clip):
                matching_actions.start_talks(match, by=office)
        with days_ago(90):
            matching_actions.agree(self.clip, by=office)
        with days_ago(2):
            self._interest(interest, 22, "タグを付けずに数える方法を、画像で試作しています。")
        self._suggestions()

    def _suggestions(self):
        publication = self.publications[self.by_plan("published")[0].pk]
        companies = {company.pk: company for company in self.people.companies}
        ranked = candidates(publication)[:3]
        for position, candidate in enumerate(ranked):
            match = matching_actions.suggest(
                publication,
                partner=companies[candidate.organisation_id],
                reasons=candidate.reasons,
                by=self.office["a"],
            )
            if position == 0:
                matching_actions.introduce(
                    match,
                    by=self.office["a"],
                    introduction="小さなセンサの実績を拝見しました。病棟を見学いただけます。",
                )

    # Contracts --------------------------------------------------------------------------------

    def _contracts(self):
        today = timezone.localdate()
        self._agreement(self.sensor, "nda", ago=110, ends_on=today + timedelta(days=900))
        self._agreement(self.clip, "nda", ago=100, ends_on=today + timedelta(days=25))
        self._agreement(self.ended, "nda", ago=120, ends_on=today - timedelta(days=10))
        self._agreement(self.clip, "joint_research", ago=80, ends_on=today + timedelta(days=285))
        with days_ago(8):
            contract = self._new(self.sensor, "joint_research")
            contract_actions.send_to_internal_review(contract, by=self.office["a"])
        with days_ago(4):
            contract_actions.send_to_counterpart(contract, by=self.office["a"])
        contract_actions.follow_dates()

    def _new(self, match, kind):
        match.refresh_from_db()
        office = self.office["a"]
        contract = contract_actions.create(
            match=match,
            by=office,
            kind=kind,
            title=f"{match.publication.title[:40]} {'秘密保持' if kind == 'nda' else '共同研究'}",
            terms="秘密保持の期間は契約の終了から3年とします。発表は30日前までに相手に知らせます。",
        )
        self._file(contract, "internal_draft", "契約書案")
        contract_actions.write_note(
            contract, audience=NoteAudience.INTERNAL, text="ひな形の第5条を直しました。", by=office
        )
        return contract

    def _file(self, contract, slot, name):
        contract_actions.file_document(
            contract,
            slot_of(contract, slot),
            upload=ContentFile(_pdf(name), name=f"{name}.pdf"),
            by=self.office["a"],
        )

    def _agreement(self, match, kind, *, ago, ends_on):
        office, legal = self.office["a"], self.people["legal@hospital-a.example"]
        partner = people(Role.PARTNER, at=match.partner).first()
        with days_ago(ago):
            contract = self._new(match, kind)
            contract_actions.send_to_counterpart(contract, by=office)
        with days_ago(ago - 5):
            contract_actions.agree_to_text(contract, by=partner)
            by_role = {
                Role.LEGAL: legal,
                Role.IP_OFFICE: legal,
                Role.OFFICE: office,
                Role.DIRECTOR: self.people["director@hospital-a.example"],
            }
            for role in contract.spec.approvers:
                contract_actions.approve(contract, by=by_role[role])
        with days_ago(ago - 12):
            self._sign(contract, office, partner)
            for slot in contract.spec.required:
                self._file(contract, slot, str(contract.spec.slots[slot]))
            contract_actions.activate(
                contract, by=office, starts_on=timezone.localdate(), ends_on=ends_on
            )

    def _sign(self, contract, office, partner):
        today = timezone.localdate()
        contract_actions.record_signature(
            contract, by=office, side=Side.HOSPITAL, signer="灯台 一郎", signed_on=today
        )
        contract_actions.record_signature(
            contract, by=partner, side=Side.PARTNER, signer=partner.name, signed_on=today
        )


def _pdf(text):
    """A one-page PDF with ``text``, as a hospital would upload it."""
    import typst  # noqa: PLC0415 -- only the demo makes documents up
    from pylopdf_fonts_jp import __path__ as fonts  # noqa: PLC0415

    return typst.compile(
        f'#set page(paper: "a4")\n#set text(font: "Noto Serif JP")\n= {text}\nデモ用の書類です。'.encode(),
        font_paths=[fonts[0]],
        ignore_system_fonts=True,
    )
