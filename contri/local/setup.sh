#!/bin/sh
# Make the virtual environment $1 hold exactly what requirements/dev.txt locks. Needs Python 3.11 or later, nothing else.
set -eu

venv=${1:?where the virtual environment goes}

refuse() {
    echo "Contri cannot be set up: $1" >&2
    exit 1
}

find_python() {
    for candidate in python3.11 python3 python3.14 python3.13 python3.12 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    refuse "it needs Python 3.11 or later, and neither python3.11 nor python3 is that."
}

# Somebody else's environment, or a pip that was told to install elsewhere, is none of our business.
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_USER

if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    echo "Contri is set up: a virtual environment with $("$python" --version) …"
    rm -rf "$venv"
    "$python" -m venv "$venv" ||
        refuse "$python cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)."
fi

# A home that cannot be written, as in some containers, would stop uv: it wants a place for its cache.
if [ -z "${UV_CACHE_DIR:-}" ] && ! { mkdir -p "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv" 2>/dev/null &&
    [ -w "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv" ]; }; then
    export UV_CACHE_DIR="$venv/.uv-cache"
fi

wanted=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/uv.txt)
if [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d ' ' -f 2)" != "$wanted" ]; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
        refuse "uv could not be installed; pip's lines above say why."
fi

"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements/dev.txt ||
    refuse "the packages could not be installed; uv's lines above say why."
