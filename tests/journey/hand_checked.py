"""Twenty person-days of the real office, worked by hand from the punches and the rule book.

Each: person, date, its punches, then Sáng and Chiều as (status, in, out, late, early, worked minutes),
and why. Office hours 08:00–12:00 and 13:00–17:00, grace 5 minutes in, none out; windows 06:00–21:00.
"""

Session = tuple[str, str, str, int, int, int]

HAND_CHECKED: tuple[tuple[str, str, str, Session, Session, str], ...] = (
    (
        "U0061", "2020-03-11", "07:54:18 12:09:09 12:56:31 17:01:18",
        ("on_time", "07:54:18", "12:09:09", 0, 0, 240), ("on_time", "12:56:31", "17:01:18", 0, 0, 240),
        "four marks, all met (3.3)",
    ),
    (
        "U0016", "2020-03-05", "08:12:21 12:00:41 12:38:39 17:00:11",
        ("late", "08:12:21", "12:00:41", 13, 0, 227), ("on_time", "12:38:39", "17:00:11", 0, 0, 240),
        "12 min 21 s late: beyond the grace the whole counts, rounded up (4)",
    ),
    (
        "U0002", "2020-02-26", "08:00:17 12:04:55 17:01:29",
        ("on_time", "08:00:17", "12:04:55", 0, 0, 239), ("missing_in", "", "17:01:29", 0, 0, 0),
        "17 s within the grace; 12:04:55 is nearer to 12:00 than to 13:00: OUT of Sáng (3.3)",
    ),
    (
        "U0024", "2020-03-13", "07:55:01 12:01:41 12:57:25",
        ("on_time", "07:55:01", "12:01:41", 0, 0, 240), ("missing_out", "12:57:25", "", 0, 0, 0),
        "two in the gap: first is OUT, last is IN (3.3); nobody punched in the evening",
    ),
    (
        "U0005", "2020-03-06", "08:58:35 12:06:39 12:41:28",
        ("late", "08:58:35", "12:06:39", 59, 0, 181), ("missing_out", "12:41:28", "", 0, 0, 0),
        "58 min 35 s late; worked 08:58:35–12:00",
    ),
    (
        "U0022", "2020-03-09", "12:31:28 12:40:11 17:03:14",
        ("missing_in", "", "12:31:28", 0, 0, 0), ("on_time", "12:40:11", "17:03:14", 0, 0, 240),
        "both in the gap: OUT of Sáng and IN of Chiều (3.3)",
    ),
    (
        "U0022", "2020-02-24", "12:10:38 12:14:48 12:31:22 17:04:16",
        ("pending", "", "12:10:38", 0, 0, 0), ("on_time", "12:31:22", "17:04:16", 0, 0, 240),
        "the log begins at 10:52:43: whether IN is missing cannot be known (7); 12:14:48 is extra",
    ),
    (
        "U0061", "2020-02-24", "11:54:42 12:56:19 17:02:50",
        ("pending", "", "11:54:42", 0, 6, 0), ("on_time", "12:56:19", "17:02:50", 0, 0, 240),
        "12:56:19 is nearer to 13:00; 11:54:42 nearer to the end: OUT, 5 min 18 s early; IN unknown (7)",
    ),
    (
        "U0062", "2020-03-03", "08:15:04",
        ("missing_out", "08:15:04", "", 16, 0, 0), ("absent", "", "", 0, 0, 0),
        "one punch nearer to the start: IN (3.3), 15 min 4 s late",
    ),
    (
        "U0060", "2020-03-02", "16:02:38",
        ("absent", "", "", 0, 0, 0), ("missing_in", "", "16:02:38", 0, 58, 0),
        "one punch nearer to 17:00: OUT, 57 min 22 s early (3.3)",
    ),
    (
        "U0055", "2020-03-04", "08:00:04 17:02:40",
        ("missing_out", "08:00:04", "", 0, 0, 0), ("missing_in", "", "17:02:40", 0, 0, 0),
        "two of four marks",
    ),
    (
        "U0036", "2020-03-16", "06:51:11 18:00:11 18:01:32",
        ("missing_out", "06:51:11", "", 0, 0, 0), ("absent", "", "", 0, 0, 0),
        "IN of Chiều would be 18:00:11, after its end: not attended (3.5)",
    ),
    (
        "U0026", "2020-03-16", "",
        ("absent", "", "", 0, 0, 0), ("absent", "", "", 0, 0, 0),
        "no punch on a covered day",
    ),
    (
        "U0042", "2020-03-20", "",
        ("pending", "", "", 0, 0, 0), ("pending", "", "", 0, 0, 0),
        "no punch on a day that nothing covers: no data is not absence (7)",
    ),
    (
        "U0036", "2022-03-01", "07:51:11 18:05:55",
        ("on_time", "07:51:11", "", 0, 0, 240), ("on_time", "", "18:05:55", 0, 0, 240),
        "two marks, both met (3.2)",
    ),
    (
        "U0042", "2021-06-01", "07:54:59 16:01:09",
        ("on_time", "07:54:59", "", 0, 0, 240), ("early", "", "16:01:09", 0, 59, 181),
        "58 min 51 s early, rounded up; worked rounded down",
    ),
    (
        "U0047", "2021-05-28", "07:46:45",
        ("on_time", "07:46:45", "", 0, 0, 0), ("missing_out", "", "", 0, 0, 0),
        "one punch nearer to 08:00 than to 17:00: IN (3.2); no worked time without OUT (4)",
    ),
    (
        "U0046", "2022-02-16", "21:19:59",
        ("absent", "", "", 0, 0, 0), ("absent", "", "", 0, 0, 0),
        "the only punch lies after the window's end at 21:00 (3)",
    ),
    (
        "U0067", "2022-02-15", "03:50:10 16:06:09",
        ("missing_in", "", "", 0, 0, 0), ("early", "", "16:06:09", 0, 54, 0),
        "03:50:10 lies before the window; the other is nearer to 17:00: OUT",
    ),
    (
        "U0091", "2022-03-07", "07:38:35",
        ("on_time", "07:38:35", "", 0, 0, 0), ("pending", "", "", 0, 0, 0),
        "the declared coverage ended on 04/03: whether OUT is missing cannot be known",
    ),
)  # fmt: skip
