from django.urls import path

from committee.views import awards, cases, committees, decisions, rounds, rubrics

app_name = "committee"
urlpatterns = [
    path("", rounds.RoundList.as_view(), name="list"),
    path("new/", committees.edit, name="committee_new"),
    path("committees/<slug:public_id>/", committees.detail, name="committee"),
    path("committees/<slug:public_id>/edit/", committees.edit, name="committee_edit"),
    path("committees/<slug:public_id>/members/new/", committees.seat, name="member_new"),
    path("members/<slug:public_id>/", committees.reseat, name="member"),
    path("members/<slug:public_id>/remove/", committees.unseat, name="member_remove"),
    path("rubrics/new/", rubrics.create, name="rubric_new"),
    path("rubrics/<slug:public_id>/", rubrics.preview, name="rubric"),
    path("rubrics/<slug:public_id>/edit/", rubrics.edit, name="rubric_edit"),
    path("rubrics/<slug:public_id>/copy/", rubrics.copy, name="rubric_copy"),
    path("rounds/new/", rounds.edit, name="round_new"),
    path("rounds/<slug:public_id>/", rounds.detail, name="round"),
    path("rounds/<slug:public_id>/edit/", rounds.edit, name="round_edit"),
    path("rounds/<slug:public_id>/do/<slug:name>/", rounds.transition, name="transition"),
    path("rounds/<slug:public_id>/agenda/", rounds.agenda, name="agenda"),
    path("rounds/<slug:public_id>/next/", cases.next_one, name="next"),
    path("rounds/<slug:public_id>/results/", decisions.results, name="results"),
    path("rounds/<slug:public_id>/letters/", decisions.letters, name="letters"),
    path("cases/<slug:public_id>/", cases.detail, name="case"),
    path("cases/<slug:public_id>/conflict/", cases.conflict, name="conflict"),
    path("cases/<slug:public_id>/remove/", rounds.remove_case, name="case_remove"),
    path("cases/<slug:public_id>/decision/", decisions.decision, name="decision"),
    path("cases/<slug:public_id>/awards/new/", awards.create, name="award_new"),
    path("letters/<slug:public_id>/", decisions.letter, name="letter"),
    path("letters/<slug:public_id>/edit/", decisions.edit_letter, name="letter_edit"),
    path("letters/<slug:public_id>/rewrite/", decisions.rewrite_letter, name="letter_rewrite"),
    path("awards/<slug:public_id>/", awards.detail, name="award"),
    path("awards/<slug:public_id>/withdraw/", awards.withdraw, name="award_withdraw"),
    path("awards/<slug:public_id>/certificate/", awards.certificate, name="certificate"),
    path("verify/<slug:code>/", awards.verify, name="verify"),
]
