"""Why a session has its status: a stored record told as ordered lines of codes and values."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from monitor.explain.arithmetic import comparisons
from monitor.explain.conclusion import conclusion
from monitor.explain.lines import At, Duration, Line, SessionWhy, Word, line, words
from monitor.explain.overtime import explain_overtime
from monitor.explain.roles import Role, SeenPunch, repeat_within, seen_punches
from monitor.rules.codes import Reason, SessionKind, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.person_day import Evidence, evidence
from monitor.store.tables import Excuse, ExcuseType, SessionRecord

__all__ = [
    "At",
    "Duration",
    "Line",
    "Role",
    "SeenPunch",
    "SessionWhy",
    "Word",
    "explain",
    "explain_evidence",
    "explain_overtime",
    "seen_punches",
    "words",
]

VERIFY_WORDS = frozenset({0, 1, 2, 3, 4, 15, 25})


def explain(
    session: Session,
    person_id: int,
    day: int,
    *,
    zone: str = "Asia/Ho_Chi_Minh",
    show_sensitive: bool = False,
) -> tuple[SessionWhy, ...]:
    """One explanation for each session of a person's day, in order of their start.

    `zone` is the installation's; without `show_sensitive` an excuse of a sensitive type is told by
    its symbol alone, and an allowance by its minutes. The caller has checked that the reader may see
    the person.
    """
    return explain_evidence(evidence(session, person_id, day, zone), show_sensitive=show_sensitive)


def explain_evidence(found: Evidence, *, show_sensitive: bool = False) -> tuple[SessionWhy, ...]:
    """The explanations, from evidence that is already at hand."""
    seen = seen_punches(found)
    return tuple(
        SessionWhy(
            seq=record.seq,
            status=record.status,
            lines=tuple(_lines(found, record, seen, show_sensitive=show_sensitive)),
            rule_version=record.rule_version,
        )
        for record in found.sessions
    )


def _lines(
    found: Evidence, record: SessionRecord, seen: Sequence[SeenPunch], *, show_sensitive: bool
) -> Iterator[Line]:
    regulation = found.regulations.get(record.regulation_id or 0)
    yield from _expected(found, record)
    yield from _excuses(found, record, show_sensitive=show_sensitive)
    yield from _allowances(found, record, show_sensitive=show_sensitive)
    yield from _moved(record)
    yield from _punches(found, record, seen)
    yield from comparisons(record, regulation)
    yield from _coverage(found, record)
    if record.reasons & Reason.EXPLAINED:
        yield line("why_explained")
    yield conclusion(found, record)


def _expected(found: Evidence, record: SessionRecord) -> Iterator[Line]:
    """The regulation with its document, and what it asks of the session."""
    regulation = found.regulations.get(record.regulation_id or 0)
    if regulation is None:
        yield line("why_no_regulation")
    else:
        yield line(
            "why_regulation",
            title=regulation.title or regulation.code,
            document=regulation.document,
            valid_from=regulation.valid_from,
        )
    marks = 4 if regulation is None or record.kind != SessionKind.OFFICE else regulation.marks
    starts, ends = At(seconds=record.starts, day=record.day), At(seconds=record.ends, day=record.day)
    yield line("why_expected", starts=starts, ends=ends, marks=Word(code=f"marks_{marks}"))
    if record.reasons & Reason.OVERLAP_CUT:
        yield line("why_overlap_cut")
    if record.window_from is not None and record.window_to is not None:
        window_from = At(seconds=record.window_from, day=record.day)
        yield line(
            "why_window", window_from=window_from, window_to=At(seconds=record.window_to, day=record.day)
        )


def _excuses(found: Evidence, record: SessionRecord, *, show_sensitive: bool) -> Iterator[Line]:
    touching = [(e, kind) for e, kind in found.excuses if e.starts < record.ends and e.ends > record.starts]
    for excuse, kind in touching:
        yield _excuse(record, excuse, kind, hidden=kind.sensitive and not show_sensitive)
        if excuse.status == "approved" and record.starts < excuse.starts and excuse.ends < record.ends:
            yield line("why_excuse_middle", minutes=(excuse.ends - excuse.starts) // 60)  # rules 5: reported
    if record.reasons & Reason.DOCUMENT_AFTER_THE_FACT:
        yield line("why_document_after_the_fact")


def _excuse(record: SessionRecord, excuse: Excuse, kind: ExcuseType, *, hidden: bool) -> Line:
    values = {
        "symbol": kind.symbol,
        "starts": At(seconds=excuse.starts, day=record.day),
        "ends": At(seconds=excuse.ends, day=record.day),
        "status": Word(code=f"excuse_{excuse.status}"),
    }
    extent = ""
    if _is_whole_day(record, excuse):
        del values["starts"], values["ends"]
        extent = "_all_day"
    if hidden:
        return line(f"why_excuse_symbol{extent}", **values)
    if excuse.document:
        return line(f"why_excuse_document{extent}", **values, kind=kind.name, document=excuse.document)
    return line(f"why_excuse{extent}", **values, kind=kind.name)


def _is_whole_day(record: SessionRecord, excuse: Excuse) -> bool:
    """Whether an excuse holds from midnight to the day's last minute: "00:00–23:59" says less."""
    midnight = record.day * DAY_SECONDS
    return excuse.starts <= midnight and excuse.ends >= midnight + DAY_SECONDS - 60


def _allowances(found: Evidence, record: SessionRecord, *, show_sensitive: bool) -> Iterator[Line]:
    """Minutes and place; that they are for a pregnancy or an infant is the person's own affair."""
    if record.kind != SessionKind.OFFICE or record.status == Status.EXCUSED:
        return
    for allowance in found.allowances:
        yield line(
            "why_allowance",
            minutes=allowance.minutes,
            kind=Word(code=f"allowance_{allowance.kind}" if show_sensitive else "allowance_other"),
            place=Word(code=f"place_{allowance.place}"),
        )


def _moved(record: SessionRecord) -> Iterator[Line]:
    if record.status != Status.EXCUSED and (record.due_from, record.due_to) != (record.starts, record.ends):
        due_from = At(seconds=record.due_from, day=record.day)
        yield line("why_due_moved", due_from=due_from, due_to=At(seconds=record.due_to, day=record.day))


def _punches(found: Evidence, record: SessionRecord, seen: Sequence[SeenPunch]) -> Iterator[Line]:
    mine = [one for one in seen if one.session is record and one.role != Role.OTHER_DAY]
    for one in mine:
        time, role = At(seconds=one.punch.time, day=record.day, exact=True), role_word(found, one)
        if one.punch.terminal is None:
            yield line("why_punch_manual", time=time, role=role)
        else:
            terminal = one.punch.terminal.name
            yield line("why_punch", time=time, terminal=terminal, verify=verify_word(one), role=role)
    if not mine and record.window_from is not None and record.time_in is None and record.time_out is None:
        yield line("why_no_punch")


def verify_word(one: SeenPunch) -> Word:
    """How the person identified, as far as the terminal's code is known."""
    verify = one.punch.verify
    if one.punch.terminal is None:
        return Word(code="verify_manual")
    if verify < 0:
        return Word(code="verify_none")
    known = verify in VERIFY_WORDS
    return Word(code=f"verify_{verify}") if known else Word(code="verify_other", values={"verify": verify})


def role_word(found: Evidence, one: SeenPunch) -> Word:
    """What the punch counts as."""
    values: dict[str, object] = {"seconds": repeat_within(found)}
    if one.session is not None:
        values["date"] = date_of(one.session.day)
    return Word(code=f"punch_{one.role}", values=values)


def _coverage(found: Evidence, record: SessionRecord) -> Iterator[Line]:
    """How far the log of each terminal that is still waited for is known."""
    for one in record.uncovered.split():
        cover = found.covers[int(one)]
        if cover.until is None:
            yield line("why_uncovered_never", terminal=cover.terminal.name)
        else:
            until = At(seconds=cover.until, day=record.day)
            yield line("why_uncovered", terminal=cover.terminal.name, until=until)
