"""Terminal days on which a clock seems to have been off, and whom a change of that touches (rules 7)."""

from sqlmodel import Session

from monitor.records.frame import Frame
from monitor.records.spans import merged, weeks
from monitor.rules.context import CONTEXT_DAYS
from monitor.rules.silence import silent_days
from monitor.store.queries import records as stored
from monitor.store.queries import stale
from monitor.store.queries.silence import known_silence, quiet_days, remember_silence
from monitor.store.queries.world import load_world


def judge_silence(session: Session, spans: list[stale.Span], frame: Frame) -> bool:
    """Judge again on which of these days a clock seems to have been off (rules 7); whether that changed.

    One person's leave can make the difference for everybody with a badge there, so they are marked.
    """
    changed = False
    days = merged((0, first, last) for _, first, last in spans)
    for first, (_, _, last) in (part for span in days for part in weeks(span)):
        silent, known = _silence(session, first, last, frame), known_silence(session, first, last)
        for terminal_id, day in sorted(silent ^ known):
            stale.mark_badge_holders(session, terminal_id, day, day)
        if silent != known:
            remember_silence(session, first, last, silent)
            changed = True
    return changed


def _silence(session: Session, first: int, last: int, frame: Frame) -> set[tuple[int, int]]:
    """(Terminal id, day): nobody punched though people were expected.

    Asked for everybody, because it takes several people's absence to tell (rules 7).
    """
    candidates = quiet_days(session, first, min(last, frame.today - 1))
    if not len(candidates):
        return set()
    days = candidates.day
    everybody = load_world(
        session,
        stored.everybody(session),
        int(days.min()) - CONTEXT_DAYS,
        int(days.max()) + CONTEXT_DAYS,
        zone=frame.zone,
        with_punches=False,
    )
    silent = silent_days(everybody.world, candidates, frame.now, frame.silence_people)
    terminals = everybody.terminals.ids[silent.terminal].tolist()
    return set(zip(terminals, silent.day.tolist(), strict=True))
