"""A person's copy holds what the registers say of them; retention forgets it."""

from sqlalchemy import Engine

from monitor.privacy import parts_of
from monitor.privacy.registered import forget_registers
from monitor.registers.excuses import withdraw_excuse
from monitor.registers.meetings import Draft, Invited, create_meeting, invite, tick
from monitor.registers.roster import Rostered, enter_roster, remove_roster
from monitor.store.session import reading, transaction
from monitor.store.tables import Meeting
from tests.office import rows
from tests.registers.conftest import CLERK, NOW, ZONE, Enter, wall


def registered(office: Engine, enter: Enter) -> None:
    """Đức: a withdrawn leave, a duty that was taken off, a meeting that An came to instead."""
    number = enter("2026-02-24 00:00", "2026-02-24 12:00", document="Đơn số 7")
    duty = Rostered(person_id=3, kind="duty", starts=wall("2026-02-28 07:00"), ends=wall("2026-02-28 17:00"))
    starts, ends = wall("2026-03-02 07:30"), wall("2026-03-02 09:00")
    with transaction(office) as session:
        withdraw_excuse(session, number, reason="Nhập nhầm", actor="lan", at=NOW)
        entry = enter_roster(session, duty, actor="lan", at=NOW)
        remove_roster(session, entry, reason="Vợ sinh con", actor="lan", at=NOW)
        made = create_meeting(session, Draft(unit_id=2, title="Giao ban", starts=starts, ends=ends), CLERK)
        meeting = session.get_one(Meeting, made)
        invite(session, meeting, Invited(person_id=3, role="chair"), CLERK)
        invite(session, meeting, Invited(person_id=1, role="substitute", instead_of_id=3), CLERK)
        tick(session, meeting, 3, wall("2026-03-02 07:35"), CLERK)


def test_the_copy_tells_who_entered_and_withdrew_and_which_meetings_one_was_at(
    office: Engine, enter: Enter
) -> None:
    registered(office, enter)
    with reading(office) as session:
        parts = {part.name: part for part in parts_of(session, 3, ZONE)}
        other = {part.name: part for part in parts_of(session, 2, ZONE)}
    assert parts["excuse_entries"].rows == (
        ("2026-02-24 00:00:00", "2026-02-24 12:00:00", "lan", "lan", "2026-03-02 08:00:00", "Nhập nhầm"),
    )
    assert parts["roster_removed"].rows[0][0] == "duty"
    assert parts["meetings"].rows == (
        ("Giao ban", "2026-03-02 07:30:00", "2026-03-02 09:00:00", "", "chair", "2026-03-02 07:35:00"),
    )
    assert all(other[name].rows == () for name in ("excuse_entries", "roster_removed", "meetings"))


def test_when_its_time_is_over_reasons_and_attendance_go_and_others_stay(
    office: Engine, enter: Enter
) -> None:
    registered(office, enter)
    with transaction(office) as session:
        forget_registers(session, 3)
    assert rows(office, "SELECT withdrawn_reason FROM excuse_entry") == [("…",)]
    assert rows(office, "SELECT reason, document FROM removed_roster_entry") == [("…", "")]
    assert rows(office, "SELECT person_id FROM meeting_arrival") == []
    left = rows(office, "SELECT person_id, role, instead_of_id FROM meeting_invitation")
    assert left == [(1, "member", None)]
