#!/bin/sh
# Make .venv and install what the lock file says; nothing to do when that lock is already in.
# usage: scripts/venv.sh requirements.lock
set -eu
cd "$(dirname "$0")/.."
lock=$1
log=var/install.log

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if new_enough "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  fail "Python 3.11 以上が必要です。インストールしてから、もう一度実行してください (場所の指定: PYTHON=/path/to/python3.11 make …)。 / Python 3.11 or newer is required (found: $(${PYTHON:-python3} --version 2>&1 | head -n 1)); set PYTHON= to choose one."
}

explain() {
  case $(tr 'A-Z' 'a-z' <"$log") in
    *"no space left"*)
      echo "ディスクに空きがありません。空けてから、もう一度実行してください。 / The disk is full; free some space and run again." ;;
    *"do not match the hashes"*)
      echo "受け取ったファイルが $lock と一致しません。中継サーバー(プロキシ)を確認してください。 / A downloaded file does not match $lock; check your proxy." ;;
    *"failed building wheel"* | *"failed to build"* | *"error: command '"*"gcc"* | *"unable to find a compiler"* | *"pg_config"*)
      echo "この環境向けの配布物がなく、C コンパイラも見つかりません。Python 3.11〜3.13 を使うか (PYTHON=…)、コンパイラを入れてください (Debian・Ubuntu: build-essential と python3-dev)。 / No wheel for this Python and no working compiler: use Python 3.11-3.13 or install a compiler." ;;
    *"no matching distribution"* | *"could not find a version"*)
      echo "この Python や OS に合う配布物がありません。Python 3.11〜3.13 を使ってください (PYTHON=…)。 / No package fits this Python or system: use Python 3.11-3.13." ;;
    *)
      echo "パッケージを取得できません。ネットワークとプロキシの設定を確認して、もう一度実行してください。 / Packages could not be fetched; check the network and proxy, then run again." ;;
  esac
}

if [ -x .venv/bin/python ] && new_enough .venv/bin/python; then
  if cmp -s "$lock" ".venv/$lock"; then exit 0; fi
else
  python=$(find_python) || exit 1
  mkdir -p var
  echo "仮想環境 .venv を作っています… / Creating .venv"
  rm -rf .venv
  if ! "$python" -m venv .venv >"$log" 2>&1; then
    rm -rf .venv
    fail "仮想環境を作れません。Debian・Ubuntu では python3-venv を入れてください。詳細: $log / Could not create .venv; on Debian or Ubuntu install python3-venv. Details: $log"
  fi
fi

mkdir -p var
echo "パッケージを入れています(はじめの1回だけ、1〜2分)… / Installing packages, once only"
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    --requirement "$lock" >"$log" 2>&1; then
  fail "$(explain) (詳細 / details: $log)"
fi
# The stamp is a copy of the lock: written last, so that an interrupted install is repeated.
cp "$lock" ".venv/$lock"
