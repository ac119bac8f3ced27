"""Which backups of a folder are kept: the newest of so many days, weeks and months; names tell when."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from monitor.config import Backup

NAME = re.compile(r"monitor-(\d{8}T\d{6}Z)\.backup")
_FORM = "%Y%m%dT%H%M%SZ"


def name_at(moment: datetime) -> str:
    """The name of a backup made at a moment."""
    return f"monitor-{moment.astimezone(UTC).strftime(_FORM)}.backup"


def made_at(name: str) -> datetime | None:
    """When the backup of that name was made; None for any other name, partial ones among them."""
    found = NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], _FORM).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def superfluous(names: Iterable[str], keep: Backup) -> list[str]:
    """Names of backups to delete, the oldest first; what is no backup's name is never among them."""
    dated = sorted(((moment, name) for name in names if (moment := made_at(name))), reverse=True)
    kept: set[str] = set()
    for form, most in (
        ("%Y-%m-%d", keep.keep_daily),
        ("%G-%V", keep.keep_weekly),
        ("%Y-%m", keep.keep_monthly),
    ):
        newest: dict[str, str] = {}
        for moment, name in dated:
            newest.setdefault(moment.strftime(form), name)
        kept.update(list(newest.values())[:most])
    return [name for _, name in reversed(dated) if name not in kept]


def rotate(folder: Path, keep: Backup) -> list[str]:
    """Delete what is superfluous in a folder; gives its names."""
    gone = superfluous((path.name for path in folder.iterdir() if path.is_file()), keep)
    for name in gone:
        (folder / name).unlink()
    return gone
