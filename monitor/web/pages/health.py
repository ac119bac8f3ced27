"""Whether the processes live, for whoever watches over them: cheap, and nothing about people."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from flask import Blueprint, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from monitor.alarms import silence
from monitor.store.queries.lease import LEASE
from monitor.store.queries.upkeep import Numbers, numbers
from monitor.store.schema import require_current_schema
from monitor.store.session import StoreError, reading
from monitor.web.context import site
from monitor.web.policy import PUBLIC, policy

pages = Blueprint("health", __name__)

Answer = tuple[str, int, dict[str, str]]
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
SILENT_LEASES = 2


@pages.get("/healthz/live")
@policy(PUBLIC)
def live() -> Answer:
    """200 while this process answers at all."""
    return "ok\n", 200, PLAIN


@pages.get("/healthz/ready")
@policy(PUBLIC)
def ready() -> Answer:
    """200 when the database answers and has the schema that this program needs, else 503."""
    try:
        require_current_schema(site().engine)
    except (StoreError, SQLAlchemyError):
        return "not ready\n", 503, PLAIN
    return "ok\n", 200, PLAIN


@pages.get("/healthz/work")
@policy(PUBLIC)
def work() -> Answer:
    """200 while the scheduler gives signs of life, else 503: what an outside watch should ask."""
    try:
        with reading(site().engine) as session:
            quiet = silence(session)
    except SQLAlchemyError:
        return "not ready\n", 503, PLAIN
    if quiet is None or quiet > SILENT_LEASES * LEASE:
        return "silent\n", 503, PLAIN
    return "ok\n", 200, PLAIN


@pages.get("/metrics")
@policy(PUBLIC)
def metrics() -> tuple[bytes, int, dict[str, str]]:
    """The numbers for Prometheus, for the networks listed in `[web] metrics_networks` only."""
    if not _may_scrape(request.remote_addr or ""):
        abort(404)
    with reading(site().engine) as session:
        # The scheduler and its rows go by the machine's clock.
        found, quiet = numbers(session, site().clock()), silence(session)
    registry = CollectorRegistry()
    registry.register(_Told(found, None if quiet is None else quiet.total_seconds()))
    return generate_latest(registry), 200, {"Content-Type": CONTENT_TYPE_LATEST}


def _may_scrape(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in site().settings.web.metrics_networks)


class _Told(Collector):
    """The numbers of one scrape, told once."""

    def __init__(self, found: Numbers, silent_seconds: float | None) -> None:
        self._found, self._silent = found, silent_seconds

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _by("terminal_pull_age_seconds", "Since the last good reading", "terminal", found.pull_ages)
        yield _by(
            "terminal_push_age_seconds", "Since the last call of a terminal", "terminal", found.push_ages
        )
        yield _by("job_failures", "Failed among the newest runs", "job", found.failures)
        yield _by("alarms_open", "Alarms that are on", "severity", found.alarms)
        yield _one("punches_last_minute", "Punches stored within a minute", found.punches_last_minute)
        yield _one("stale_spans", "Spans of days that wait to be computed again", found.stale_spans)
        yield _one("refresh_seconds", "Length of the last refresh", found.refresh_seconds)
        yield _one("backup_age_seconds", "Since the last good backup began", found.backup_age)
        yield _one("scheduler_silence_seconds", "Since the scheduler's last sign of life", self._silent)


def _by(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"monitor_{name}", about, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def _one(name: str, about: str, value: float | None) -> Metric:
    """A family without a sample where there is nothing to measure: zero would be a lie."""
    family = GaugeMetricFamily(f"monitor_{name}", about)
    if value is not None:
        family.add_metric([], value)
    return family
