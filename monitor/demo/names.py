"""Vietnamese names, drawn as often as they are met."""

from collections.abc import Sequence

import numpy as np

# Shares of surnames follow the usual counts: about four in ten are Nguyễn, one in ten Trần or Lê.
SURNAMES = {
    "Nguyễn": 380, "Trần": 115, "Lê": 97, "Phạm": 70, "Hoàng": 45, "Phan": 40, "Vũ": 26, "Võ": 20,
    "Đặng": 24, "Bùi": 22, "Đỗ": 18, "Hồ": 18, "Ngô": 14, "Dương": 12, "Đinh": 12, "Trương": 11,
    "Trịnh": 9, "Đoàn": 9, "Mai": 9, "Cao": 8, "Lương": 8, "Hà": 7, "Tạ": 6, "Thái": 5, "Chu": 5, "Lý": 5,
    "Đào": 5,
}  # fmt: skip
MIDDLE_OF_MEN = {
    "Văn": 30, "Đức": 10, "Minh": 8, "Quang": 8, "Xuân": 7, "Hữu": 7, "Đình": 7, "Công": 6, "Ngọc": 5,
    "Thanh": 5, "Anh": 5, "Hoàng": 4, "Trọng": 4, "Quốc": 4, "Viết": 3, "Bá": 3, "Duy": 3, "": 3,
}  # fmt: skip
MIDDLE_OF_WOMEN = {
    "Thị": 34, "Thị Thu": 8, "Thị Thanh": 8, "Ngọc": 7, "Thu": 6, "Thanh": 6, "Thị Hồng": 6, "Thị Kim": 4,
    "Phương": 5, "Thị Bích": 4, "Thùy": 4, "Minh": 3, "Thị Ngọc": 4, "Khánh": 2, "Quỳnh": 2, "": 1,
}  # fmt: skip
GIVEN_TO_MEN = {
    "Hùng": 9, "Dũng": 9, "Tuấn": 9, "Cường": 8, "Nam": 8, "Sơn": 8, "Hải": 8, "Long": 6, "Thắng": 7,
    "Minh": 6, "Đức": 6, "Thành": 6, "Hiếu": 6, "Trung": 6, "Hoàng": 5, "Bình": 5, "Quân": 4, "Phong": 4,
    "Việt": 4, "Lâm": 4, "Toàn": 4, "Tú": 4, "Anh": 5, "Khánh": 3, "Kiên": 4, "Tùng": 5, "Vinh": 4, "Lợi": 3,
    "Phúc": 4, "Quang": 4, "Huy": 5, "Ân": 1, "Đạt": 4, "Chiến": 3,
}  # fmt: skip
GIVEN_TO_WOMEN = {
    "Hương": 9, "Lan": 7, "Hằng": 8, "Hoa": 6, "Hà": 8, "Mai": 7, "Linh": 7, "Thảo": 7, "Trang": 8,
    "Ngọc": 5, "Thủy": 7, "Yến": 6, "Nhung": 6, "Hạnh": 6, "Hiền": 7, "Nga": 6, "Loan": 4, "Phương": 7,
    "Oanh": 4, "Huyền": 6, "Vân": 6, "Dung": 5, "Liên": 4, "Thu": 5, "Quyên": 3, "Tâm": 4, "Ánh": 3, "An": 2,
    "Hường": 3, "Xuân": 2, "Hòa": 3, "Minh": 2,
}  # fmt: skip


def draw_names(rng: np.random.Generator, women: Sequence[bool]) -> list[str]:
    """A full name for each entry of `women`: surname, middle and given name, in that order."""
    return [" ".join(part for part in _parts(rng, woman=woman) if part) for woman in women]


def _parts(rng: np.random.Generator, *, woman: bool) -> tuple[str, str, str]:
    middle, given = (MIDDLE_OF_WOMEN, GIVEN_TO_WOMEN) if woman else (MIDDLE_OF_MEN, GIVEN_TO_MEN)
    surname, between, last = _one(rng, SURNAMES), _one(rng, middle), _one(rng, given)
    while last in between or last == surname:  # nobody is called Ngọc Ngọc
        last = _one(rng, given)
    return surname, between, last


def _one(rng: np.random.Generator, shares: dict[str, int]) -> str:
    weights = np.array(list(shares.values()), dtype=np.float64)
    return list(shares)[int(rng.choice(len(shares), p=weights / weights.sum()))]
