"""Who may see whom on which day, read from monitor.access's docstring by loops over plain rows."""

from datetime import date

from tests.access.organisation import TODAY, Organisation, PlainAccount, PlainGrant, unit_on


def sees_person(made: Organisation, account: PlainAccount, person: str, day: date) -> bool:
    """Whether the account may be shown the person's record of the day."""
    if account.role == "technician":
        return False
    if account.role == "admin" or account.person == person:
        return True
    unit = unit_on(made, person, day)
    return unit != "" and sees_unit(made, account, unit, day)


def sees_unit(made: Organisation, account: PlainAccount, unit: str, day: date) -> bool:
    """Whether the account may be shown the unit's people of the day."""
    if account.role == "admin":
        return True
    if account.role in {"hr", "supervisor"}:
        return account.unit != "" and below(made, account.unit, unit)
    if any(below(made, grant.unit, unit) and _shows(grant, day) for grant in _running(made, account)):
        return True
    return any(below(made, led, unit) for led in _led(made, account))


def leads(made: Organisation, account: PlainAccount) -> bool:
    """Whether a staff or head account is that of a head today."""
    return bool(_led(made, account) or _running(made, account))


def below(made: Organisation, top: str, unit: str) -> bool:
    """Whether the unit is the top or under it, and of its bloc unless the top stands above the blocs."""
    path = [unit]
    while path[-1] != "":
        path.append(made.parents[path[-1]])
    own = _bloc(made, top)
    return top in path and (own == "" or own == _bloc(made, unit))


def _bloc(made: Organisation, unit: str) -> str:
    while unit != "":
        if made.blocs[unit]:
            return made.blocs[unit]
        unit = made.parents[unit]
    return ""


def _running(made: Organisation, account: PlainAccount) -> list[PlainGrant]:
    wanted = {"inspector": "inspector", "head": "head", "staff": "head"}.get(account.role)
    return [
        one
        for one in made.grants
        if one.account == account.name
        and one.role == wanted
        and not one.withdrawn
        and one.first <= TODAY
        and (one.last is None or one.last >= TODAY)
    ]


def _shows(grant: PlainGrant, day: date) -> bool:
    after = grant.days_first is None or grant.days_first <= day
    return after and (grant.days_last is None or day <= grant.days_last)


def _led(made: Organisation, account: PlainAccount) -> list[str]:
    """Units that the account's person heads or is deputy of today."""
    if account.role not in {"head", "staff"}:
        return []
    if account.person == "":
        return [account.unit] if account.role == "head" and account.unit else []
    return [
        one.unit
        for one in made.postings
        if one.person == account.person
        and one.role in {"head", "deputy"}
        and one.first <= TODAY
        and (one.last is None or one.last >= TODAY)
    ]
