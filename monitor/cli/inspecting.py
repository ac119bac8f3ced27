"""Commands about what is stored: reconcile, rebuild, verify, doctor."""

from datetime import datetime

import click

from monitor import audit, doctor
from monitor.cli.installation import DATE, TIME, Installation, units_below, with_installation
from monitor.cli.progress import progress_bar
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
    with reading(installation.engine) as session:
        units = units_below(session, unit)
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
@with_installation
def verify(installation: Installation) -> None:
    """Kiểm tra nhật ký, tháng đã chốt, cơ sở dữ liệu / check the audit trail, closed months, the database."""
    with reading(installation.engine) as session:
        broken = audit.first_broken_link(session)
        period = verify_periods(session)
        damage = doctor.damage(session)
    if broken is not None:
        raise StoreError("audit_broken", entry=broken)
    if period is not None:
        raise StoreError("period_broken", unit=period.unit, month=period.month, what=period.what)
    if damage:
        raise StoreError("database_damaged", why=damage)
    click.echo(sentence("verified", {}, installation.words))


@click.command("doctor")
@with_installation
def doctor_command(installation: Installation) -> None:
    """Khám bệnh hệ thống / what is wrong, in plain words, and what to do."""
    with reading(installation.engine) as session:
        first = first_judged_day(session)
        findings = doctor.examine(session, now=installation.clock(), first_day=first)
    for finding in findings:
        click.echo(sentence(finding.code, finding.values, installation.words))
    if not findings:
        click.echo(sentence("doctor_all_well", {}, installation.words))


COMMANDS = (reconcile, rebuild_command, verify, doctor_command)
