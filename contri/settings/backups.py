"""Where backups go, who can read them, and with what they are made."""

from contri.settings.environment import ENV

BACKUP_FOLDER = ENV.backup_folder
# age public keys; the private ones are not on this machine unless it restores.
BACKUP_RECIPIENTS = ENV.backup_recipients
BACKUP_IDENTITY_FILE = ENV.backup_identity_file
PG_PROGRAMS = ENV.pg_programs
