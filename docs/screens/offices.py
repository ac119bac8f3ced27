"""The pages of personnel, inspectors, administrators and technicians."""

from docs.screens.shot import MONTH, ON, YEAR, Shot, shots

KINDS = ("units", "people", "terminals", "badges", "regulations", "calendar", "leave_types", "staffing")
OF_EVERYBODY = ("units", "terminals", "calendar", "leave_types")
"""Personnel of a part of the tree may not touch these."""

OFFICES: list[Shot] = [
    *shots("hr", ("may", "/may"), ("nhat-ky", "/nhat-ky"), kept=True),
    *shots("inspector", ("dot-kiem-tra", "/dot-kiem-tra/sau-tet-2026"), kept=True),
    *shots(
        "hr",
        ("mot-may", "/may/HCC-1"),
        ("ma-la", "/may/HCC-1/ma-la?ma=9001&can-bo=SNV001"),
        ("hr-cac-bang-cong", "/bang-cong"),
        ("hr-bang-cong", f"/bang-cong/SNV/{MONTH}"),
        ("hr-ky-cong", f"/bang-cong/XDL/{MONTH}/ky"),
        ("bieu-duong", "/dang-ky/bieu-duong"),
        ("lam-them", "/lam-them"),
        ("lam-them-thang", f"/don-vi/XDL/lam-them/{MONTH}"),
        ("minh-chung", "/minh-chung"),
        ("minh-chung-don-vi", f"/don-vi/XDL/nam/{YEAR}"),
        ("minh-chung-nguoi", f"/nguoi/XDL025/nam/{YEAR}"),
        ("thiet-lap", "/thiet-lap"),
        ("thiet-lap-don-vi", "/thiet-lap/don-vi"),
        ("thiet-lap-kiem-tra", "/thiet-lap/kiem-tra"),
        ("ky-hieu", "/thiet-lap/ky-hieu"),
        ("ma-may", "/thiet-lap/ma-may"),
        ("quy-che", "/thiet-lap/quy-che"),
        ("quy-che-moi", "/thiet-lap/quy-che/moi"),
        *((f"tep-{kind}", f"/thiet-lap/tep/{kind}") for kind in KINDS if kind not in OF_EVERYBODY),
        ("cap-tren", "/bao-cao-cap-tren"),
        *(
            (f"cap-tren-{kind}", f"/bao-cao-cap-tren/{kind}/XDL?thang={MONTH}")
            for kind in ("thang", "tu-kiem-tra", "bieu", "chap-hanh-tot", "cong-khai")
        ),
    ),
    *shots(
        "inspector",
        ("mau-hinh", "/mau-hinh"),
        ("cac-dot", "/dot-kiem-tra"),
        ("dot-moi", "/dot-kiem-tra/moi"),
        ("bao-cao", "/dot-kiem-tra/sau-tet-2026/bao-cao"),
        ("bao-cao-in", "/dot-kiem-tra/sau-tet-2026/bao-cao/in"),
        ("cac-luot", "/dot-kiem-tra/sau-tet-2026/luot"),
        ("luot", "/luot-kiem-tra/luot-sau-tet-2026"),
        ("bien-ban", "/luot-kiem-tra/luot-sau-tet-2026/bien-ban"),
        ("chon-theo-doi", "/luot-kiem-tra/luot-sau-tet-2026/theo-doi"),
        ("theo-doi", "/theo-doi"),
        ("mot-viec", "/theo-doi/viec-tet-0"),
        ("phan-anh", "/phan-anh"),
        ("mot-phan-anh", "/phan-anh/pa-tet-1"),
        ("phan-anh-moi", "/phan-anh/moi"),
        ("phan-anh-so-lieu", "/phan-anh/so-lieu"),
        ("tt-cap-tren", "/bao-cao-cap-tren"),
    ),
    *shots(
        "admin",
        ("admin", "/"),
        *((f"tep-{kind}", f"/thiet-lap/tep/{kind}") for kind in OF_EVERYBODY),
        ("cac-tai-khoan", "/quan-tri/tai-khoan"),
        ("thu-da-gui", "/quan-tri/thong-bao"),
        ("ma-truy-cap", "/quan-tri/ma-truy-cap"),
        ("noi-nhan", "/quan-tri/noi-nhan"),
        ("may-cho-duyet", "/may-cho-duyet"),
        ("admin-nhat-ky", "/nhat-ky"),
    ),
    *shots(
        "technician",
        ("ky-thuat", "/may"),
        ("may-hong", "/may/SNV-LT-1"),
    ),
    *shots("head-xdl", ("theo-doi-cua-don-vi", "/theo-doi"), ("tra-loi-viec", "/theo-doi/viec-tet-0")),
    *shots("hr", ("bang-cong-ngay", f"/don-vi/XDL/ngay/{ON}")),
]
