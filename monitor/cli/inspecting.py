"""Commands about what is stored: reconcile, rebuild, verify, doctor."""

import json
from datetime import datetime, timedelta

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from jobs.registry import EVERY_SECONDS
from monitor import audit, doctor, notices, privacy
from monitor.alarms import dead_jobs
from monitor.cli.installation import AS, DATE, TIME, Installation, with_installation
from monitor.cli.progress import progress_bar
from monitor.cli.timesheets import check_sheet
from monitor.doctor import Finding
from monitor.periods import verify_periods
from monitor.records import first_judged_day, rebuild, reconcile_range, refresh
from monitor.rules.wallclock import day_of
from monitor.store.session import StoreError, reading
from monitor.text import sentence


@click.command("reconcile")
@click.option("--from", "first", type=DATE, metavar="YYYY-MM-DD")
@click.option("--to", "last", type=DATE, metavar="YYYY-MM-DD")
@click.option("--unit", metavar="CODE", help="Đơn vị và cấp dưới / a unit and its subtree.")
@click.option("--now", "moment", type=TIME, metavar='"YYYY-MM-DD HH:MM:SS"')
@AS
@with_installation
def reconcile(
    installation: Installation,
    first: datetime | None,
    last: datetime | None,
    unit: str | None,
    moment: datetime | None,
) -> None:
    """Tính lại kết quả / recompute verdicts: a range, or all that is out of date."""
    now = installation.local(moment) if moment else installation.clock()
    if (first is None) != (last is None) or (unit is not None and first is None):
        raise click.UsageError("--unit, --from, --to")
    if first is None and installation.reach.terms is not None:
        raise click.UsageError("--from, --to")  # what is out of date may be anybody's
    with reading(installation.engine) as session:
        units = installation.units_below(session, unit)
    with progress_bar(sentence("reconciling", {}, installation.words)) as progress:
        if first is None or last is None:
            days = refresh(installation.engine, now=now, settings=installation.settings, progress=progress)
        else:
            days = reconcile_range(
                installation.engine,
                first_day=day_of(first.date()),
                last_day=day_of(last.date()),
                now=now,
                settings=installation.settings,
                unit_ids=units,
                progress=progress,
            )
    click.echo(sentence("reconciled", {"person_days": days}, installation.words))


@click.command("rebuild")
@with_installation
def rebuild_command(installation: Installation) -> None:
    """Xoá và tính lại toàn bộ kết quả / delete all verdicts and make them again, identically."""
    with progress_bar(sentence("reconciling", {}, installation.words)) as progress:
        days = rebuild(installation.engine, settings=installation.settings, progress=progress)
    click.echo(sentence("reconciled", {"person_days": days}, installation.words))


@click.command("verify")
@click.option("--head", metavar="HASH", help="Đầu nhật ký đã ghi lại lần trước / the head noted earlier.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--code", metavar="CODE", help="Mã kiểm tra ở chân bảng chấm công / the code under a sheet.")
@click.option("--unit", metavar="CODE", help="Đơn vị ghi trên bảng / the sheet's unit.")
@click.option("--month", metavar="YYYY-MM", help="Tháng ghi trên bảng / the sheet's month.")
@with_installation
def verify(
    installation: Installation,
    head: str | None,
    code: str | None,
    unit: str | None,
    month: str | None,
    *,
    as_json: bool,
) -> None:
    """Kiểm tra nhật ký, tháng đã chốt, cơ sở dữ liệu / check the audit trail, closed months, the database.

    With --code only the trail and the month that a printed sheet comes from.
    """
    if code is None and (unit or month):
        raise click.UsageError("--code")
    with reading(installation.engine) as session:
        chain = audit.examine_chain(session)
        _require_whole(chain.broken)
    if code is not None:
        check_sheet(installation, code, unit, month)
        return
    with reading(installation.engine) as session:
        if head is not None and not audit.knows_head(session, head):
            raise StoreError("audit_head_missing", head=head)
        _require_whole(audit.first_broken_view(session))
        period = verify_periods(session)
        damage = doctor.damage(session)
    if period is not None:
        raise StoreError("period_broken", unit=period.unit, month=period.month, what=period.what)
    if damage:
        raise StoreError("database_damaged", why=damage)
    known = {"entries": chain.entries, "erased": chain.erased, "head": chain.head}
    if as_json:
        click.echo(json.dumps(known))
        return
    click.echo(sentence("verified", {}, installation.words))
    click.echo(sentence("audit_head", known, installation.words))


def _require_whole(broken: int | None) -> None:
    if broken is not None:
        raise StoreError("audit_broken", entry=broken)


@click.command("doctor")
@with_installation
def doctor_command(installation: Installation) -> None:
    """Khám bệnh hệ thống / what is wrong, in plain words, and what to do."""
    try:
        findings = _found(installation)
    except DatabaseError as error:
        code = "doctor_unreachable" if isinstance(error, OperationalError) else "doctor_damaged"
        raise StoreError(code, why=type(error.orig).__name__) from error
    for finding in findings:
        click.echo(sentence(finding.code, finding.values, installation.words))
    if not findings:
        click.echo(sentence("doctor_all_well", {}, installation.words))


def _found(installation: Installation) -> list[Finding]:
    with reading(installation.engine) as session:
        first = first_judged_day(session)
        now, settings = installation.clock(), installation.settings
        # The demo's clock is not the machine's, by which runs of jobs are noted.
        jobs = [] if settings.demo.now else list(dead_jobs(session, EVERY_SECONDS, now))
        period = timedelta(minutes=settings.terminals.pull_every_minutes)
        findings = [] if settings.demo.now else list(doctor.examine_machine(session, settings, now))
        findings += doctor.examine(session, now=now, first_day=first, period=period, jobs=jobs)
        findings += privacy.findings(session, settings.privacy, now.date())
        findings += notices.findings(session, settings, now)
    return findings


COMMANDS = (reconcile, rebuild_command, verify, doctor_command)
