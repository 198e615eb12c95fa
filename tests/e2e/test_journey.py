"""From the nurse's first tap to the joint research contract in force, by hand and by mail.

Everything happens in the browser: the clinician on a phone, the others at a desk. At each station
the mail server must have got exactly the mails named here, and none tells a secret.
"""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.e2e.cast import (
    ADDRESS,
    ANY_SECRET,
    COMPANY,
    DETAILS,
    IN_IDEA,
    IN_PROBLEM,
    IN_SPECIFICATION,
    NAME,
)
from tests.services import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TITLE = "点滴の残量が廊下から分からない"
PROBLEM = f"夜勤で巡回するとき、点滴の残量を部屋の中まで見に行くので時間がかかる。{IN_PROBLEM}"
SUMMARY = "病室に入らずに、点滴の残量を廊下から知る方法を探しています。"
CRITERIA = ["医療上の必要性", "技術的実現可能性"]
AWARD = "優秀賞(準グランプリ)"
ROUND = "2026年度 第1回審査会"
NDA = "秘密保持契約(NDA)"
JOINT_RESEARCH = "共同研究契約"
INTEREST = "極細の樹脂チューブの技術で役に立てそうです。"
MOST_TAPS = 12
MOST_REQUIRED_ANSWERS = 5
MANY_KINDS_OF_PAGES = 40


def test_a_need_typed_on_a_phone_becomes_a_contract_in_force(stage):
    number = the_nurse_hands_in_a_need(stage)
    the_office_asks_and_the_nurse_answers(stage, number)
    the_office_prepares_a_round(stage, number)
    the_members_score_unless_they_are_involved(stage, number)
    the_chair_decides_and_nobody_hears_of_it(stage, number)
    the_results_are_released(stage, number)
    the_nurse_agrees_and_the_office_publishes(stage, number)
    a_company_shows_interest(stage)
    they_meet_and_talk(stage)
    an_nda_comes_into_force(stage)
    the_nda_opens_the_details(stage)
    a_joint_research_contract_comes_into_force(stage)
    the_competitor_has_seen_nothing(stage)

    stage.nurse.open("/")
    assert stage_line(stage.nurse) == ["受付", "審査", "公開", "連携"]
    received = sorted(("sent", mail["Message-ID"]) for mail in stage.mails.sink.mails)
    wait_until(lambda: the_outbox(stage) == received, what="the outbox to say what was received")
    assert len(stage.inspector.measured) >= MANY_KINDS_OF_PAGES


# 受付


def the_nurse_hands_in_a_need(stage):
    nurse = stage.nurse
    nurse.press("ニーズを登録する")
    required = nurse.required_answers()
    nurse.write("ひとことで", TITLE)
    nurse.write("どんな場面で", PROBLEM)
    nurse.press("次へ")
    required += nurse.required_answers()
    nurse.tick("病棟")
    nurse.tick("毎日")
    nurse.press("次へ")
    required += nurse.required_answers()
    nurse.tick("秘密保持契約を結んだ企業")
    nurse.tick("患者さんを特定できる情報は書いていません")
    nurse.attach("追加する写真", "点滴台.jpg", a_photo(), "image/jpeg")
    nurse.press("確認へ進む")
    second_tab = nurse.new_tab()
    second_tab.goto(nurse.page.url)

    nurse.press("提出する")

    # Not even the photo and the wish, which nobody has to give, lead beyond the budget.
    assert nurse.taps <= MOST_TAPS
    assert required <= MOST_REQUIRED_ANSWERS
    number = re.search(r"N-\d{4}-\d{4}", nurse.text).group()
    stage.mails.expect(
        (ADDRESS.office, f"{number}: 新しいニーズ"), (ADDRESS.nurse, "ニーズを受け取りました")
    )
    second_tab.get_by_role("button", name="提出する", exact=True).click()
    second_tab.get_by_text("受け取りました").first.wait_for()
    assert number in second_tab.inner_text("main")

    nurse.press("詳しい情報を追加する")
    nurse.follow("理想の姿と希望仕様")
    nurse.write("希望仕様・条件", f"片手で付けられて、アルコールで拭けること。{IN_SPECIFICATION}")
    nurse.press("保存して一覧へ")
    nurse.follow("アイデア")
    nurse.write("アイデア", f"重さで光の色が変わる吊り具にする。{IN_IDEA}")
    nurse.press("保存して一覧へ")
    return number


def the_office_asks_and_the_nurse_answers(stage, number):
    nurse, office = stage.nurse, stage.office
    take_in(stage, number)
    office.press("提案者に質問する")
    office.write("提案者への質問", "1回の巡回で何室を見ますか。")
    office.press("提案者に質問する")
    stage.mails.expect((ADDRESS.nurse, f"{number}: 事務局から質問があります"))

    nurse.open(stage.mails.link_to(ADDRESS.nurse))
    assert "1回の巡回で何室を見ますか。" in nurse.text
    nurse.press("質問に回答して提出する")
    nurse.write("質問への回答", "12室です。")
    nurse.press("質問に回答して提出する")
    stage.mails.expect((ADDRESS.office, f"{number}: 質問への回答が届きました"))

    take_in(stage, number)
    assert "12室です。" in office.text


def take_in(stage, number):
    office = stage.office
    office.open("/")
    office.follow(f"{number}「{TITLE}」を受け付けるか決める")
    office.press("受け付ける")
    office.press("受け付ける")
    stage.mails.expect((ADDRESS.nurse, f"{number}: 事務局が受け付けました"))


# 審査


def the_office_prepares_a_round(stage, number):
    office = stage.office
    office.go("審査")
    office.press("委員会を作る")
    office.write("委員会名", "ニーズ抽出委員会")
    office.press("保存する")
    for who, seat in [("chair", "委員長"), ("reviewer", "委員"), ("related_reviewer", "委員")]:
        office.press("委員を加える")
        office.pick("委員", getattr(NAME, who))
        office.pick("役", seat)
        office.press("保存する")

    office.go("審査")
    office.press("評価表を作る")
    for criterion in CRITERIA:
        office.tick(criterion)
    office.press("次へ進む")
    office.write("評価表の名前", "2026年度の評価表")
    office.press("保存する")

    office.go("審査")
    office.press("審査会を用意する")
    office.write("審査会の名前", ROUND)
    office.pick("委員会", "ニーズ抽出委員会")
    office.pick("評価表", "2026年度の評価表")
    office.write("採点の締切の日", in_days(14))
    office.press("保存する")
    office.tick(number)
    office.press("選んだニーズを議題に加える")
    office.press("議題を確認して進む")
    office.press("採点を始める")
    office.press("採点を始める")
    stage.mails.expect(
        *(
            (getattr(ADDRESS, who), "採点のお願い")
            for who in ("chair", "reviewer", "related_reviewer")
        )
    )
    assert "審査中" in stage_of_nurse(stage)


def the_members_score_unless_they_are_involved(stage, number):
    for member in (stage.reviewer, stage.chair):
        enter_the_round(stage, member)
        sees_no_content(member)
        member.tick("ない")
        member.press("回答する")
        assert all(mark in member.text for mark in [*DETAILS, IN_IDEA])
        for criterion in CRITERIA:
            member.tick("4", of=criterion)
        member.press("保存して次へ")
        assert "すべて審査しました" in member.text
    stage.mails.expect()

    related = stage.related_reviewer
    enter_the_round(stage, related)
    case = related.here
    sees_no_content(related)
    related.tick("ある")
    related.write("理由", "試作に助言したことがあります。")
    related.press("回答する")
    sees_no_content(related)
    related.open(case)
    sees_no_content(related)
    assert related.status_of(f"{case}decision/") in {403, 404}
    stage.mails.expect((ADDRESS.office, f"{number}: 利益相反の回答"))


def enter_the_round(stage, member):
    member.open(stage.mails.link_to(member.address))
    member.press("次の案件を審査する")


def sees_no_content(person):
    """Neither title nor text, not even in what is hidden."""
    content = person.page.content()
    assert TITLE not in content
    assert not ANY_SECRET.search(content)


def the_chair_decides_and_nobody_hears_of_it(stage, number):
    chair, office = stage.chair, stage.office
    chair.open("/")
    chair.go("審査")
    chair.follow(ROUND)
    chair.press("採点を締め切る")
    chair.press("採点を締め切る")
    chair.follow("決定を記録する")
    chair.tick("採択")
    chair.write("提案者への助言", "試作の評価に病棟で協力してください。")
    chair.press("決定を記録する")

    office.open("/")
    office.follow(f"「{ROUND}」の決定をまとめる")
    office.follow("採択")
    office.press("表彰を決める")
    office.pick("賞", AWARD)
    office.press("表彰を決める")
    office.open("/")
    office.follow(f"「{ROUND}」の決定をまとめる")
    office.press("決定をまとめる")
    office.press("決定をまとめる")

    stage.mails.expect()
    assert "審査中" in stage_of_nurse(stage)


def the_results_are_released(stage, number):
    office, nurse = stage.office, stage.nurse
    office.press("結果の手紙")
    office.follow(number)
    letter = office.here
    assert nurse.status_of(letter) == 404
    office.open("/")
    office.follow(f"「{ROUND}」の結果を通知する")
    office.press("結果を通知する")
    office.press("結果を通知する")
    stage.mails.expect((ADDRESS.nurse, f"{number}: 審査の結果をお知らせします"))

    nurse.open(stage.mails.link_to(ADDRESS.nurse))
    assert nurse.here == letter
    assert "採択" in nurse.text
    assert "試作の評価に病棟で協力してください。" in nurse.text
    nurse.follow(AWARD)
    certificate = nurse.download("表彰状をダウンロードする")
    assert certificate.startswith(b"%PDF")
    words = "".join(PdfReader(BytesIO(certificate)).pages[0].extract_text().split())
    assert "".join(NAME.nurse.split()) in words
    assert TITLE in words


# 公開


def the_nurse_agrees_and_the_office_publishes(stage, number):
    office, nurse = stage.office, stage.nurse
    office.open("/")
    office.follow(f"「{TITLE}」の公開の準備を始める")
    office.press("公開の準備を始める")
    office.write("公開する概要", SUMMARY)
    for field in ("どんな場面で、何に困っていますか", "希望仕様・条件"):
        office.tick("秘密保持契約を結んだ企業", of=f"「{field}」を読める人")
    office.tick("含まれない")
    office.press("保存する")
    office.press("提案者に同意を求める")
    office.press("提案者に同意を求める")
    stage.mails.expect((ADDRESS.nurse, f"{number}: 公開してよいか確認してください"))

    nurse.open(stage.mails.link_to(ADDRESS.nurse))
    assert SUMMARY in nurse.text
    nurse.press("同意する")
    stage.mails.expect((ADDRESS.office, f"{number}: 提案者が公開に同意しました"))

    assert stage.company.status_of(nurse.here) == 404
    office.open(stage.mails.link_to(ADDRESS.office))
    office.press("公開する")
    office.press("公開する")
    stage.mails.expect((ADDRESS.nurse, f"{number}: 院外に公開しました"))

    for partner in (stage.company, stage.competitor):
        partner.go("公開ニーズ")
        partner.follow(TITLE)
        assert SUMMARY in partner.text
        assert not ANY_SECRET.search(partner.page.content())


# マッチング


def a_company_shows_interest(stage):
    company, nurse = stage.company, stage.nurse
    company.press("関心あり")
    company.write("メッセージ", INTEREST)
    company.press("関心ありと伝える")
    stage.mails.expect(
        *((to, f"{COMPANY}が関心を示しました") for to in (ADDRESS.office, ADDRESS.nurse))
    )
    nurse.open(stage.mails.link_to(ADDRESS.nurse))
    assert INTEREST in nurse.text
    the_competitor_has_seen_nothing(stage)


def they_meet_and_talk(stage):
    office = stage.office
    office.open("/")
    office.follow(f"{COMPANY}の関心に返事をする")
    assert INTEREST in office.text
    office.press("面談日を決める")
    office.write("面談日", in_days(7))
    office.press("面談日を決める")
    stage.mails.expect(*((to, "「面談") for to in (ADDRESS.company, ADDRESS.nurse)))
    office.press("交渉を始める")
    office.press("交渉を始める")
    stage.mails.expect(*((to, "「交渉中」") for to in (ADDRESS.company, ADDRESS.nurse)))


# 契約


def an_nda_comes_into_force(stage):
    begin_contract(stage, NDA)
    agree_on_text(stage, approvers=["legal", "office"])
    sign(stage)
    activate(stage, ["締結済みの契約書"])


def the_nda_opens_the_details(stage):
    company = stage.company
    company.go("公開ニーズ")
    company.follow(TITLE)
    assert all(mark in company.text for mark in DETAILS)
    assert IN_IDEA not in company.page.content()


def a_joint_research_contract_comes_into_force(stage):
    begin_contract(stage, JOINT_RESEARCH)
    agree_on_text(stage, approvers=["legal", "ip_officer", "director"])
    sign(stage)
    activate(stage, ["研究計画書", "締結済みの契約書"])
    assert "契約中" in stage.office.text


def begin_contract(stage, kind):
    office = stage.office
    office.go("マッチング")
    office.follow(TITLE)
    office.press("契約を作る")
    office.tick(kind)
    office.press("契約を作る")
    stage.mails.expect()


def agree_on_text(stage, *, approvers):
    office, company = stage.office, stage.company
    file(office, "契約書案(院内)", "契約書案.pdf")
    office.press("相手方に送る")
    office.press("相手方に送る")
    stage.mails.expect((ADDRESS.company, "契約書案の確認をお願いします"))

    company.open(stage.mails.link_to(ADDRESS.company))
    assert company.download("契約書案.pdf").startswith(b"%PDF")
    company.press("この内容に合意する")
    company.press("この内容に合意する")
    for who in approvers:
        address = getattr(ADDRESS, who)
        stage.mails.expect((address, "契約の決裁をお願いします"))
        approver = getattr(stage, who)
        approver.open(stage.mails.link_to(address))
        approver.press("承認する")
        approver.press("承認する")
    expect_for_both_sides(stage, "契約の署名に進めます")


def sign(stage):
    company, office = stage.company, stage.office
    company.open(stage.mails.link_to(ADDRESS.company))
    record_signature(company, "代表取締役 企業 太郎")
    stage.mails.expect((ADDRESS.office, f"{COMPANY}が署名を記録しました"))
    office.open(stage.mails.link_to(ADDRESS.office))
    record_signature(office, "病院長 院長 花子")
    stage.mails.expect()


def record_signature(person, signer):
    person.press("署名を記録する")
    person.write("署名者", signer)
    person.press("署名を記録する")
    assert signer in person.text


def activate(stage, papers):
    office = stage.office
    for paper in papers:
        file(office, paper, f"{paper}.pdf")
    office.press("契約を発効させる")
    office.press("契約を発効させる")
    expect_for_both_sides(
        stage, "契約が始まりました", (ADDRESS.nurse, "あなたのニーズの契約が始まりました")
    )


def expect_for_both_sides(stage, subject, *others):
    both = (ADDRESS.office, ADDRESS.legal, ADDRESS.company)
    stage.mails.expect(*((to, subject) for to in both), *others)


def file(person, place, name):
    person.press("書類を登録する", of=place)
    person.attach("ファイル", name, a_pdf(), "application/pdf")
    person.press("登録する")
    assert name in person.text


# だれに見えないか


def the_competitor_has_seen_nothing(stage):
    """Neither the details nor that another company is there, on any page or address."""
    competitor = stage.competitor
    for menu in ("ホーム", "公開ニーズ", "マッチング", "契約", "自社の情報"):
        competitor.go(menu)
        knows_nothing(competitor)
    competitor.open("/notifications/")
    knows_nothing(competitor)
    competitor.go("公開ニーズ")
    competitor.follow(TITLE)
    knows_nothing(competitor)
    for address in addresses_of_others(stage):
        assert competitor.status_of(address) == 404, address
    assert stage.mails.sink.to(ADDRESS.competitor) == []


def knows_nothing(competitor):
    content = competitor.page.content()
    assert not ANY_SECRET.search(content)
    assert COMPANY not in content
    assert INTEREST not in content


def addresses_of_others(stage):
    """The need, its match, its contracts and their documents, as the office's pages link them."""
    pages = [("ニーズ", "/needs/"), ("マッチング", "/matches/"), ("契約", "/contracts/")]
    found = set()
    for menu, start in pages:
        stage.office.go(menu)
        links = linked_from(stage.office, start)
        for each in links:
            found.add(each)
            stage.office.open(each)
            found |= linked_from(stage.office, "/documents/")
    return found


def linked_from(person, start):
    """The addresses of single objects below ``start`` on the page before this person."""
    links = person.main.get_by_role("link").evaluate_all("all => all.map(a => a.pathname)")
    return {each for each in links if re.fullmatch(rf"{start}[2-9a-hjkmnp-z]{{12}}/", each)}


def stage_of_nurse(stage):
    stage.nurse.open("/")
    return stage.nurse.main.locator("article").inner_text()


def stage_line(person):
    """The stops that are done or current."""
    stops = person.main.locator(".stage-line li.done, .stage-line li.current")
    return [each.split("(")[0].strip() for each in stops.all_inner_texts()]


def the_outbox(stage):
    """(state, id) of every mail that the portal ever wanted to send."""
    question = (
        "from notifications.models import Message\n"
        "answer = list(Message.objects.values_list('state', 'message_id'))"
    )
    return sorted(map(tuple, stage.stack.ask(question)))


def in_days(days):
    """A day as people type it."""
    day = timezone.localdate() + timedelta(days=days)
    return f"{day.year}/{day.month}/{day.day}"


def a_photo():
    output = BytesIO()
    Image.new("RGB", (1200, 800), "steelblue").save(output, "JPEG")
    return output.getvalue()


def a_pdf():
    writer, output = PdfWriter(), BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.write(output)
    return output.getvalue()
