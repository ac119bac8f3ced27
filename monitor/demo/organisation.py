"""The made-up province as data: its offices, their divisions and posts, and its six terminals."""

from dataclasses import dataclass

PROVINCE = "tỉnh Lam Giang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """`count` people of one position in a unit; `role` as in people.csv (rules 9)."""

    position: str
    count: int = 1
    role: str = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A unit with its posts. `symbol` is how its documents are numbered, '' for the parent's."""

    code: str
    name: str
    parent: str
    posts: tuple[Post, ...] = ()
    public_facing: bool = False
    symbol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A terminal as it hangs on a wall.

    `layout` and `user_bytes` are what its firmware speaks, `verify` its usual code (1 finger,
    15 face), `offset_seconds` by how much its clock is fast.
    """

    code: str
    name: str
    unit: str
    serial: str
    firmware: str
    layout: str = "40"
    user_bytes: int = 72
    verify: int = 1
    offset_seconds: int = 0


def head(position: str) -> Post:
    """One head of a unit."""
    return Post(position=position, role="head")


def deputies(position: str, count: int) -> Post:
    """Deputies of a unit."""
    return Post(position=position, count=count, role="deputy")


def division(code: str, name: str, parent: str, staff: tuple[Post, ...], deputy_count: int = 2) -> Office:
    """A division with a head, deputies and staff."""
    posts = (head("Trưởng phòng"), deputies("Phó Trưởng phòng", deputy_count), *staff)
    return Office(code=code, name=name, parent=parent, posts=posts)


def experts(count: int, senior: int = 0) -> tuple[Post, ...]:
    """Officials of a division."""
    return (Post(position="Chuyên viên chính", count=senior), Post(position="Chuyên viên", count=count))


def commune(code: str, name: str, symbol: str, economy: str) -> tuple[Office, ...]:
    """A People's Committee of a commune or ward with its bodies since 01/07/2025."""
    return (
        Office(
            code=code,
            name=f"UBND {name}",
            parent="LG",
            posts=(head("Chủ tịch UBND"), deputies("Phó Chủ tịch UBND", 2)),
            symbol=symbol,
        ),
        Office(
            code=f"{code}-VP",
            name="Văn phòng HĐND và UBND",
            parent=code,
            posts=(
                head("Chánh Văn phòng"),
                deputies("Phó Chánh Văn phòng", 2),
                *experts(9),
                Post(position="Kế toán", count=2),
                Post(position="Văn thư – lưu trữ", count=2),
                Post(position="Nhân viên phục vụ", count=2),
            ),
        ),
        division(f"{code}-KT", economy, code, experts(13, 1)),
        division(f"{code}-VHXH", "Phòng Văn hóa – Xã hội", code, experts(12, 1)),
        Office(
            code=f"{code}-HCC",
            name=f"Trung tâm Phục vụ hành chính công {name}",
            parent=code,
            posts=(head("Giám đốc"), deputies("Phó Giám đốc", 1), *experts(7)),
            public_facing=True,
        ),
    )


DEPARTMENT = (
    Office(
        code="SNV",
        name="Sở Nội vụ",
        parent="LG",
        posts=(head("Giám đốc Sở"), deputies("Phó Giám đốc Sở", 3)),
        symbol="SNV",
    ),
    Office(
        code="SNV-VP",
        name="Văn phòng Sở",
        parent="SNV",
        posts=(
            head("Chánh Văn phòng"),
            deputies("Phó Chánh Văn phòng", 2),
            *experts(7),
            Post(position="Kế toán", count=2),
            Post(position="Văn thư"),
            Post(position="Lái xe", count=2),
            Post(position="Nhân viên phục vụ", count=2),
        ),
    ),
    division("SNV-CCVC", "Phòng Công chức, viên chức", "SNV", experts(10, 2)),
    division("SNV-CQDP", "Phòng Tổ chức bộ máy và Chính quyền địa phương", "SNV", experts(10, 2)),
    division("SNV-CCHC", "Phòng Cải cách hành chính", "SNV", experts(7, 1)),
    division("SNV-LDVL", "Phòng Lao động, việc làm", "SNV", experts(9, 2)),
    division("SNV-NCC", "Phòng Người có công", "SNV", experts(9, 1)),
    division("SNV-TDKT", "Phòng Thi đua – Khen thưởng", "SNV", experts(7, 1)),
    Office(
        code="SNV-LT",
        name="Trung tâm Lưu trữ lịch sử",
        parent="SNV",
        posts=(
            head("Giám đốc Trung tâm"),
            deputies("Phó Giám đốc Trung tâm", 2),
            Post(position="Lưu trữ viên", count=14),
            *experts(3),
            Post(position="Nhân viên kỹ thuật bảo quản", count=2),
        ),
    ),
)

ONE_STOP = (
    Office(
        code="HCC",
        name=f"Trung tâm Phục vụ hành chính công {PROVINCE}",
        parent="LG",
        posts=(head("Giám đốc"), deputies("Phó Giám đốc", 2)),
        public_facing=True,
        symbol="TTPVHCC",
    ),
    division("HCC-TH", "Phòng Hành chính – Tổng hợp", "HCC", experts(9), 1),
    Office(
        code="HCC-TN",
        name="Bộ phận Tiếp nhận và Trả kết quả",
        parent="HCC",
        posts=(
            head("Trưởng bộ phận"),
            deputies("Phó Trưởng bộ phận", 2),
            Post(position="Chuyên viên tiếp nhận hồ sơ", count=27),
            Post(position="Nhân viên hướng dẫn", count=3),
        ),
        public_facing=True,
    ),
    division("HCC-KS", "Phòng Kiểm soát thủ tục hành chính", "HCC", experts(7), 1),
)

OFFICES = (
    Office(code="LG", name=f"Ủy ban nhân dân {PROVINCE}", parent=""),
    *DEPARTMENT,
    *commune("XDL", "xã Đồng Lam", "UBND-XDL", "Phòng Kinh tế"),
    *commune("PTG", "phường Thanh Giang", "UBND-PTG", "Phòng Kinh tế, Hạ tầng và Đô thị"),
    *ONE_STOP,
)

TERMINALS = (
    Device(
        code="SNV-1",
        name="Cổng chính Sở Nội vụ",
        unit="SNV",
        serial="DEMO25A0001",
        firmware="Ver 8.0.4.7-20230817",
        verify=15,
    ),
    Device(
        code="SNV-LT-1",
        name="Kho lưu trữ lịch sử",
        unit="SNV-LT",
        serial="DEMO19B0002",
        firmware="Ver 6.60 Apr 28 2017",
        layout="8",
        user_bytes=28,
    ),
    Device(
        code="XDL-1",
        name="Cổng trước UBND xã Đồng Lam",
        unit="XDL",
        serial="DEMO22C0003",
        firmware="Ver 6.60 Sep 19 2019",
    ),
    Device(
        code="XDL-2",
        name="Nhà sau UBND xã Đồng Lam",
        unit="XDL",
        serial="DEMO20D0004",
        firmware="Ver 6.60 Jun 11 2015",
        layout="16",
    ),
    Device(
        code="PTG-1",
        name="Sảnh UBND phường Thanh Giang",
        unit="PTG",
        serial="DEMO23E0005",
        firmware="Ver 6.60 Sep 19 2019",
        offset_seconds=74,
    ),
    Device(
        code="HCC-1",
        name="Sảnh Trung tâm Phục vụ hành chính công",
        unit="HCC",
        serial="DEMO25F0006",
        firmware="ZAM180-NF-Ver3.1.5",
        layout="49",
        verify=15,
    ),
)

DOWN_TERMINAL = "SNV-LT-1"
NIGHT_DUTY_UNITS = ("XDL", "PTG")
RECEPTION_UNIT = "HCC-TN"
TOP_UNITS = ("SNV", "XDL", "PTG", "HCC")
