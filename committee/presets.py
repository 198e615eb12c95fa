"""Criteria to start a rubric from: the labels are taxonomy terms, the anchors are written here."""

from django.utils.translation import gettext_lazy as _

from taxonomy.models import Term, TermKind

# Term code → what 1, 3 and 5 points mean.
ANCHORS = {
    "E1": (
        _("なくても診療やケアに支障がない"),
        _("一部の場面で必要とされている"),
        _("現場で強く必要とされ、放置できない"),
    ),
    "E2": (
        _("解決しても変化が小さい"),
        _("安全・QOL・時間のどれかが目に見えて良くなる"),
        _("安全・QOL・時間が大きく良くなる"),
    ),
    "E3": (
        _("ごくまれで、対象が限られる"),
        _("月に数回、または一部の患者さんで起きる"),
        _("毎日、多くの患者さんで起きる"),
    ),
    "E4": (
        _("同じ機能の製品がすでにある"),
        _("似た製品はあるが、不満が残る"),
        _("解決する製品がまだない"),
    ),
    "E5": (
        _("この病院だけで使われる"),
        _("同じ規模の病院で使われる見込みがある"),
        _("広い施設や在宅でも使われる見込みがある"),
    ),
    "E6": (
        _("いまの技術では難しい"),
        _("工夫すれば作れる見込みがある"),
        _("すでにある技術の組み合わせで作れる"),
    ),
    "E7": (
        _("承認までの道筋が見えない"),
        _("認証や届出で進められそうだ"),
        _("医療機器に当たらない、または手続きが明らかだ"),
    ),
    "E8": (
        _("重い危険があり、対策が見えない"),
        _("危険はあるが、対策できる"),
        _("危険が小さく、安全性が高まる"),
    ),
    "E9": (
        _("権利化は難しい"),
        _("工夫しだいで権利化できる"),
        _("新しい点が明らかで、権利化が見込める"),
    ),
    "E10": (
        _("協力できる人や部署が決まっていない"),
        _("提案者が協力できる"),
        _("部署全体で試作や評価に協力できる"),
    ),
    "E11": (
        _("急がない"),
        _("1〜2年のうちに解決したい"),
        _("すぐに解決しないと困る"),
    ),
    "E12": (
        _("ひとつの部署だけに関わる"),
        _("いくつかの部署に関わる"),
        _("病院全体に関わる"),
    ),
}


def criterion_terms():
    """The preset criteria, in their order."""
    return Term.objects.of(TermKind.CRITERION)


def as_answers(terms):
    """What the builder starts with for these preset terms."""
    return [
        {"label": str(term), "weight": 1, "anchors": _written(ANCHORS.get(term.code, ()))}
        for term in terms
    ]


def _written(words):
    return {str(mark): str(text) for mark, text in zip((1, 3, 5), words, strict=False)}
