#!/bin/sh
# Does the tree hold anything that looks like a secret and is not known to be none? detect-secrets compares with its
# baseline; after looking at each find, `detect-secrets scan --baseline ops/contract/secrets.baseline` notes it.
set -eu
cd "$(dirname "$0")/../.."
git ls-files -z | xargs -0 pipx run --spec detect-secrets==1.5.0 detect-secrets-hook --baseline ops/contract/secrets.baseline
