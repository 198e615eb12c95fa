from django.urls import path

from needs.views import (
    desk_notes,
    imports,
    joining,
    people,
    promise,
    propose,
    read,
    relations,
    sections,
)

app_name = "needs"

urlpatterns = [
    path("", read.index, name="list"),
    path("new/", propose.new, name="new"),
    path("import/", imports.upload, name="import"),
    path("import/<slug:public_id>/", imports.run, name="import_run"),
    path("import/<slug:public_id>/confirm/", imports.confirm, name="import_confirm"),
    path("on-behalf/", people.on_behalf, name="on_behalf"),
    path("hand-over/", people.hand_over, name="hand_over"),
    path("take-over/<slug:public_id>/", people.take_over, name="take_over"),
    path("confirm/<str:secret>/", people.confirm, name="confirm"),
    path("confirmed/", people.confirmed, name="confirmed"),
    path("promise/", promise.index, name="promise"),
    path("promise/<slug:public_id>/days/", promise.days, name="closed_days"),
    path("<slug:public_id>/", read.detail, name="detail"),
    path("<slug:public_id>/edit/<int:number>/", propose.edit, name="edit"),
    path("<slug:public_id>/check/", propose.check, name="check"),
    path("<slug:public_id>/receipt/", propose.receipt, name="receipt"),
    path("<slug:public_id>/resume/", propose.resume, name="resume"),
    path("<slug:public_id>/details/", sections.details, name="details"),
    path("<slug:public_id>/sections/", sections.index, name="sections"),
    path("<slug:public_id>/sections/<slug:slug>/", sections.section, name="section"),
    path("<slug:public_id>/enrich/", desk_notes.enrich, name="enrich"),
    path("<slug:public_id>/enrich/<slug:item>/", desk_notes.enrich, name="enrich_item"),
    path("<slug:public_id>/comment/", desk_notes.comment, name="comment"),
    path(
        "<slug:public_id>/comment/<slug:item>/take-back/",
        desk_notes.take_back,
        name="comment_take_back",
    ),
    path("<slug:public_id>/split/", relations.split, name="split"),
    path("<slug:public_id>/relate/", relations.relate, name="relate"),
    path("<slug:public_id>/keep-aside/", relations.keep_aside, name="keep_aside"),
    path("<slug:public_id>/people/", people.index, name="people"),
    path("<slug:public_id>/ask-clinician/", people.ask_clinician, name="ask_clinician"),
    path("<slug:public_id>/join/", joining.join, name="join"),
    path("<slug:public_id>/leave/", joining.leave, name="leave"),
    path("<slug:public_id>/do/<slug:name>/", read.transition, name="transition"),
]
