"""Make the partitions of the months to come, so that no row ever has to be moved into its own."""

from jobs.context import JobContext
from monitor.store.months import lacking, make_ahead
from monitor.store.session import StoreError


def run(context: JobContext) -> str:
    """Try once for each month that is missing; never waits for others, the next run tries again.

    Raises StoreError `months_missing` when the next month is still not there, after weeks of tries.
    """
    today = context.clock().date()
    made = make_ahead(context.engine, today)
    with context.engine.connect() as connection:
        missing = lacking(connection, today)
    if missing:
        raise StoreError("months_missing", tables=", ".join(missing))
    return f"{made.months} months made{', others later' if made.busy else ''}"
