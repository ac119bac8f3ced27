"""`monitor privacy …` and `monitor trail`: what is due to go, holds, one's own copy, who saw what."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitor import privacy
from monitor.cli.exporting import write_out
from monitor.cli.installation import DATE, Installation, with_installation
from monitor.privacy import PrivacyRefused
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.trail import TrailEntry, TrailWanted, person_ids, trail
from monitor.store.session import reading
from monitor.text import sentence

AS_JSON = click.option("--json", "as_json", is_flag=True)
REASON = click.option("--reason", required=True, metavar="TEXT", help="Lý do / why.")


@click.group("privacy")
def privacy_group() -> None:
    """Dữ liệu cá nhân / personal data: retention, legal holds, a person's own copy."""


@privacy_group.command("review")
@AS_JSON
@with_installation
def review_command(installation: Installation, *, as_json: bool) -> None:
    """Dữ liệu đã hết hạn giữ / what is due to be made nameless; changes nothing."""
    with reading(installation.engine) as session:
        found = privacy.review(session, installation.settings.privacy, installation.clock().date())
    if as_json:
        told = {
            "people": [asdict(due) for due in found.people],
            "entries": len(found.entries),
            "reports": len(found.reports),
        }
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for due in found.people:
        click.echo(_due_line(due, installation))
    values = {"people": len(found.people), "entries": len(found.entries), "reports": len(found.reports)}
    click.echo(sentence("retention_reviewed", values, installation.words))


def _due_line(due: privacy.Due, installation: Installation) -> str:
    words = installation.words
    steps = ", ".join(sentence(f"retention_step_{step}", {}, words) for step in due.steps)
    values = {"person": due.code, "left_on": due.left_on, "steps": steps}
    line = sentence("retention_due", values, words)
    if due.held:
        return f"{line} {sentence('retention_is_held', {}, words)}"
    if due.open_months:
        months = {"months": ", ".join(due.open_months)}
        return f"{line} {sentence('retention_has_open_months', months, words)}"
    return line


@privacy_group.command("pseudonymise")
@click.option("--person", metavar="CODE", help="Chỉ một người / one person only.")
@click.option("--dry-run", is_flag=True)
@AS_JSON
@with_installation
def pseudonymise_command(
    installation: Installation, person: str | None, *, dry_run: bool, as_json: bool
) -> None:
    """Ẩn danh dữ liệu đã hết hạn / make nameless what is due: all of it, or nothing."""
    now = installation.clock()
    done = privacy.pseudonymise(
        installation.engine,
        limits=installation.settings.privacy,
        today=now.date(),
        now=now,
        actor=installation.actor,
        only=person,
        dry_run=dry_run,
    )
    if as_json:
        click.echo(json.dumps({**asdict(done), "applied": not dry_run}, ensure_ascii=False))
        return
    code = "retention_tried" if dry_run else "retention_done"
    values = {"people": len(done.people), "entries": done.entries, "reports": done.reports}
    click.echo(sentence(code, values, installation.words))


@privacy_group.command("hold")
@click.argument("person", metavar="PERSON")
@REASON
@with_installation
def hold_command(installation: Installation, person: str, reason: str) -> None:
    """Giữ lại, không xoá / keep everything about a person until released."""
    actor, now = installation.actor, installation.clock()
    privacy.place_hold(installation.engine, person, reason=reason, now=now, actor=actor)
    click.echo(sentence("hold_placed", {"person": person}, installation.words))


@privacy_group.command("release")
@click.argument("person", metavar="PERSON")
@REASON
@with_installation
def release_command(installation: Installation, person: str, reason: str) -> None:
    """Thôi giữ / release a person's hold."""
    actor, now = installation.actor, installation.clock()
    privacy.release_hold(installation.engine, person, reason=reason, now=now, actor=actor)
    click.echo(sentence("hold_released", {"person": person}, installation.words))


@privacy_group.command("holds")
@click.option("--all", "with_released", is_flag=True, help="Cả cái đã thôi giữ / released ones too.")
@AS_JSON
@with_installation
def holds_command(installation: Installation, *, with_released: bool, as_json: bool) -> None:
    """Ai đang được giữ dữ liệu / the holds."""
    with reading(installation.engine) as session:
        found = privacy.list_holds(session, with_released=with_released)
    if as_json:
        click.echo(json.dumps([asdict(hold) for hold in found], ensure_ascii=False, default=str))
        return
    for hold in found:
        code = "hold_line" if hold.released_at is None else "hold_line_released"
        click.echo(sentence(code, asdict(hold), installation.words))
    if not found:
        click.echo(sentence("holds_none", {}, installation.words))


@privacy_group.command("export-person")
@click.argument("person", metavar="CODE")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@with_installation
def export_person_command(installation: Installation, person: str, out: Path) -> None:
    """Bản sao dữ liệu của một người / everything about a person, in one ZIP."""
    copy = privacy.copy_of(
        installation.engine,
        person,
        now=installation.clock(),
        actor=installation.actor,
        settings=installation.settings,
        language=installation.words,
    )
    write_out(copy.content, out)
    values = {"person": person, "rows": copy.rows, "path": out}
    click.echo(sentence("copy_written", values, installation.words))


@click.command("trail")
@click.option("--person", metavar="CODE", help="Ai đã được xem gì về người này / who was shown what of them.")
@click.option("--account", metavar="NAME", default="")
@click.option("--action", metavar="NAME", default="")
@click.option("--from", "first", type=DATE, metavar="YYYY-MM-DD")
@click.option("--to", "last", type=DATE, metavar="YYYY-MM-DD")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True)
@AS_JSON
@with_installation
def trail_command(  # noqa: PLR0913, PLR0917 - one argument per filter
    installation: Installation,
    person: str | None,
    account: str,
    action: str,
    first: datetime | None,
    last: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Nhật ký / the audit trail, newest first."""
    with reading(installation.engine) as session:
        wanted = TrailWanted(
            person_id=None if person is None else _person(person_ids(session, [person]), person),
            actor=account,
            action=action,
            first=None if first is None else installation.local(first),
            last=None if last is None else installation.local(last) + timedelta(days=1),
            limit=limit,
        )
        today = day_of(installation.clock().date())
        found = trail(session, EVERYBODY, wanted, today=today)
    if as_json:
        click.echo(json.dumps([_as_dict(entry) for entry in found], ensure_ascii=False, default=str))
        return
    for entry in found:
        click.echo(_entry_line(entry, installation))
    if not found:
        click.echo(sentence("trail_empty", {}, installation.words))


def _person(found: dict[str, int], code: str) -> int:
    if code not in found:
        raise PrivacyRefused("person_unknown", person=code)
    return found[code]


def _as_dict(entry: TrailEntry) -> dict[str, Any]:
    days = {"first_day": _iso(entry.first_day), "last_day": _iso(entry.last_day)}
    detail = json.loads(entry.detail) if entry.detail else None
    return asdict(entry) | days | {"detail": detail}


def _iso(day: int | None) -> str | None:
    return None if day is None else date_of(day).isoformat()


def _entry_line(entry: TrailEntry, installation: Installation) -> str:
    at = entry.at.astimezone(ZoneInfo(installation.settings.site.timezone))
    values = {"id": entry.id, "at": f"{at:%Y-%m-%d %H:%M:%S}", "actor": entry.actor, "action": entry.action}
    if entry.erased:
        return sentence("trail_line_erased", values, installation.words)
    line = sentence("trail_line", values | {"subject": entry.subject}, installation.words)
    if entry.first_day is None:
        return line
    days = " – ".join(dict.fromkeys((_iso(entry.first_day) or "", _iso(entry.last_day) or "")))
    return f"{line} ({days})"


COMMANDS = (privacy_group, trail_command)
