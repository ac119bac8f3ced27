"""On what kind of disk a path lies: SQLite's locks do not hold on network disks (SQLite's documentation)."""

import ctypes
import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "beegfs", "glusterfs", "ncpfs"}
    | {"davfs", "gfs2", "ocfs2", "vboxsf", "virtiofs", "prl_fs", "acfs", "gpfs", "panfs", "pvfs2", "orangefs"}
)
FUSE_NETWORK = (
    "sshfs",
    "glusterfs",
    "ceph",
    "s3fs",
    "rclone",
    "davfs",
    "vmhgfs",
    "smb",
    "cifs",
    "nfs",
    "juicefs",
)
_OCTAL = re.compile(r"\\([0-7]{3})")
_REMOTE_DRIVE = 4


def network_disk(path: Path, mounts: Path = MOUNTS) -> str:
    """The type of the network disk that a path lies on; '' for a disk of this machine, or when unknown.

    It goes by what is mounted where, not by the path's name. `mounts` is the kernel's table of mounts.
    """
    if os.name == "nt":
        return _windows_share(path)
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    found = _type_at(path.resolve(), lines)
    fuse = found.removeprefix("fuse.")
    is_network = found in NETWORK_TYPES or (fuse != found and fuse.startswith(FUSE_NETWORK))
    return found if is_network else ""


def _type_at(path: Path, lines: list[str]) -> str:
    """The file system of the innermost mount above a path; of two at one place the later one counts."""
    best, found = -1, ""
    for line in lines:
        place, _, rest = line.partition(" - ")
        fields = place.split(" ")
        if len(fields) < 5 or not rest:  # noqa: PLR2004 - the mount point is the fifth field (proc(5))
            continue
        point = Path(_OCTAL.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), rest.split(" ")[0]
    return found


def _windows_share(path: Path) -> str:
    """Whether a path is a share's, by its own name or by its drive letter."""
    drive = path.resolve().drive
    if drive.startswith("\\\\"):
        return "SMB"
    windll = getattr(ctypes, "windll", None)  # exists on Windows only
    kind = 0 if windll is None else windll.kernel32.GetDriveTypeW(f"{drive}\\")
    return "SMB" if kind == _REMOTE_DRIVE else ""
