"""Words of the links that are on every page."""

SENTENCES: dict[str, str] = {
    "nav_today": "Hôm nay",
    "nav_own": "Cá nhân",
    "nav_duties": "Việc cần làm",
    "nav_duties_short": "Cần làm",
    "nav_units": "Các đơn vị",
    "nav_grid": "Bảng công",
    "nav_inspections": "Đợt kiểm tra",
    "nav_upward": "Báo cáo cấp trên",
    "nav_patterns": "Cần xem lại",
    "nav_pattern_rules": "Mẫu hình",
    "nav_registers": "Đăng ký",
    "nav_terminals": "Máy chấm công",
    "nav_trail": "Nhật ký",
    "nav_accounts": "Quản lý tài khoản",
}
