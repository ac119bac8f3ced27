"""Every benchmark one after the other, each keeping its figures; then goals beside figures: `make bench`.

    python -m benchmarks.all [--small]

Half an hour and more on a quiet machine. `--small` leaves out what takes minutes each: whole province-years,
7.5 million person-days, the whole country's month, a first paint in a browser.
"""

import subprocess
import sys
import time
from argparse import ArgumentParser

from benchmarks.goals import measured
from benchmarks.page import PICTURE, picture, table

QUICK = (
    ("rules", "--record", "rules"),
    ("decode",),
    ("month",),
    ("ingest", "--record", "ingest"),
    ("ingest", "--postgres", "--record", "ingest_postgres"),
    ("columns", "--rounds", "1", "--record", "columns_small"),
    ("inspection", "--record", "inspection"),
    ("import", "--record", "import"),
    ("sheets", "--record", "sheets"),
    ("pull", "--record", "pull"),
    ("push", "--batches", "100", "--record", "push"),
    ("refresh", "--record", "refresh"),
    ("pages", "--record", "pages"),
    ("pages", "--days", "5", "--no-orm", "--larger", "30000", "--record", "pages_larger"),
)
LONG = (
    ("country", "--curves", "--record", "country_curves"),
    ("country", "--people", "2200000", "--record", "country"),
    ("columns", "--full", "--rounds", "1", "--record", "columns"),
    ("rebuild", "--record", "rebuild"),
    ("rebuild", "--postgres", "--record", "rebuild_postgres"),
    ("push", "--batches", "10", "--record", "push_small_batches"),
    ("trail", "--verify", "--record", "trail"),
    ("paint", "--record", "paint"),
)


def main() -> None:
    arguments = ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--small", action="store_true")
    asked = arguments.parse_args()
    broken = [name for name in (QUICK if asked.small else (*QUICK, *LONG)) if not _ran(*name)]
    rows = list(measured())
    PICTURE.write_text(picture(rows), encoding="utf-8")
    print("\n".join(table(rows)))
    for name in broken:
        print(f"could not be measured: {' '.join(name)}")
    sys.exit(bool(broken))


def _ran(name: str, *arguments: str) -> bool:
    print(f"\n== {name} {' '.join(arguments)}", flush=True)
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", f"benchmarks.bench_{name}", *arguments], check=False)  # noqa: S603 - our own
    print(f"   {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
