#!/bin/sh
# Makes sure that what is named here is on the machine; installs by package name what is not.
set -eu

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"; else return 1; fi
}

install() {
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || {
        echo "缺少系统软件包，请由管理员执行：apt-get install $*" >&2
        return 1
    }
}

venv_of() { "$1" -m venv .venv 2>/dev/null || { rm -rf .venv; return 1; }; }

# Debian's own interpreter is built with profile-guided optimisation; one compiled plainly takes a quarter longer.
best_python() { if [ -x /usr/bin/python3.11 ]; then echo /usr/bin/python3.11; else echo python3; fi; }

for thing in "$@"; do
    case $thing in
        venv)
            [ -x .venv/bin/pip ] || venv_of "$(best_python)" ||
                { install python3-venv && venv_of "$(best_python)"; } || python3 -m venv .venv ;;
        node)
            npm=npm
            if ! command -v npm >/dev/null 2>&1; then
                .venv/bin/python -m pip install --quiet --require-hashes -r requirements-node.txt
                npm="$PWD/.venv/bin/npm"
                PATH="$PWD/.venv/bin:$PATH"; export PATH
            fi
            "$npm" ci --silent --no-fund --no-audit ;;
        fonts) .venv/bin/python -m makerspace.office.documents.fonts ;;
        chromium) [ -x /usr/bin/chromium ] || install chromium fonts-noto-cjk ;;
        postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || install postgresql ;;
    esac
done
