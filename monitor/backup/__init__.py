"""Backups of a whole installation: made while it runs, sealed, proven by opening, rotated, put back."""

from monitor.backup.aftercare import Aftercare
from monitor.backup.errors import BackupRefused
from monitor.backup.keeping import back_up_now, is_due, latest_due
from monitor.backup.keys import key_path, new_key, secret_in
from monitor.backup.making import Made, make_backup
from monitor.backup.moving import Asked, Moved, move
from monitor.backup.proving import Proof, files_in
from monitor.backup.restoring import Restored, drill, restore, unpack_configuration
from monitor.backup.rotation import made_at, name_at, rotate, superfluous
from monitor.backup.upgrading import copy_before_upgrade

__all__ = [
    "Aftercare",
    "Asked",
    "BackupRefused",
    "Made",
    "Moved",
    "Proof",
    "Restored",
    "back_up_now",
    "copy_before_upgrade",
    "drill",
    "files_in",
    "is_due",
    "key_path",
    "latest_due",
    "made_at",
    "make_backup",
    "move",
    "name_at",
    "new_key",
    "restore",
    "rotate",
    "secret_in",
    "superfluous",
    "unpack_configuration",
]
