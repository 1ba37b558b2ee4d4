#!/bin/sh
# A database with a life in it, backed up, restored, counted and audited: the drill from end to end. Run it as
#   .venv/bin/python -m contri.local with -- sh ops/restore_drill.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=.venv/bin/python
$python manage.py migrate --verbosity 0
$python manage.py grant_runtime_role
$python manage.py seed_demo
$python manage.py backup_key > "$folder/key.txt"
BACKUP_RECIPIENTS=$(sed -n 's/^# public key.*: //p' "$folder/key.txt")
export BACKUP_RECIPIENTS BACKUP_FOLDER="$folder/backups" BACKUP_IDENTITY_FILE="$folder/key.txt"
$python manage.py backup
$python manage.py restore_drill
