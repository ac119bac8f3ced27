"""The one error of backups."""

from monitor.refusal import Refusal


class BackupRefused(Refusal):
    """A backup cannot be made, read or put back."""
