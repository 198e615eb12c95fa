"""The fixed accounts of the demo; they exist only there (settings.DEMO)."""

from django.utils.translation import gettext_lazy as _

PASSWORD = "ikou-demo-2026"  # noqa: S105 -- printed by `make demo` and on the sign-in page

# (mail address, what this person does)
ACCOUNTS = [
    ("nurse@hospital-a.example", _("看護師(ニーズを出す)")),
    ("doctor@hospital-a.example", _("医師(ニーズを出す)")),
    ("head@hospital-a.example", _("部署長")),
    ("chair@hospital-a.example", _("ニーズ抽出委員会の委員長")),
    ("reviewer@hospital-a.example", _("審査委員")),
    ("office@hospital-a.example", _("支援オフィス")),
    ("director@hospital-a.example", _("病院長")),
    ("legal@hospital-a.example", _("法務・知財")),
    ("admin@hospital-a.example", _("システム管理者")),
    ("nurse@hospital-b.example", _("別の病院の看護師")),
    ("office@hospital-b.example", _("別の病院の支援オフィス")),
    ("sales@maker-a.example", _("企業A(製造販売業)")),
    ("dev@maker-b.example", _("企業B(企業Aの競合)")),
    ("coordinator@agency.example", _("支援機関のコーディネータ")),
    ("advisor@association.example", _("職能団体の助言者")),
]
