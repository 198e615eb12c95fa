"""What ``make demo`` does before it starts anything; prints the accounts for the terminal."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

from scripts.translations import compile_translations


def main() -> None:
    """Compile, migrate, fill an empty database, list the accounts."""
    compile_translations()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ikou_portal.settings")
    django.setup()

    from django.contrib.auth import get_user_model  # noqa: PLC0415 -- after setup
    from django.core.management import call_command  # noqa: PLC0415 -- after setup

    call_command("migrate", verbosity=0, interactive=False, stdout=sys.stderr)
    if not get_user_model().objects.exists():
        print("デモのデータを作っています… / Loading demo data", file=sys.stderr, flush=True)
        call_command("load_demo", stdout=sys.stderr)
    print(accounts())


def accounts() -> str:
    """The sign-in table."""
    from demo.accounts import ACCOUNTS, PASSWORD  # noqa: PLC0415 -- after setup

    rows = "\n".join(f"  {address:<34} {who}" for address, who in ACCOUNTS)
    return f"\nデモのアカウント / Demo accounts (パスワード / password: {PASSWORD})\n{rows}\n"


if __name__ == "__main__":
    main()
