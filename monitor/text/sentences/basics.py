"""Sentences about the configuration, the database and the command line."""

SENTENCES: dict[str, str] = {
    "config_missing": "Không tìm thấy tệp cấu hình {path}.",
    "config_not_toml": "Tệp cấu hình {path} không đọc được: {why}.",
    "config_unknown_key": "Tệp cấu hình {path}: không có mục {key}.",
    "config_bad_value": "Tệp cấu hình {path}, mục {key}: giá trị không hợp lệ ({why}).",
    "config_placeholder": (
        "Tệp cấu hình {path}, mục {key}: vẫn là giá trị mẫu; hãy đặt một giá trị bí mật riêng."
    ),
    "config_secret_short": "Tệp cấu hình {path}, mục {key}: quá ngắn; cần ít nhất {least} ký tự.",
    "config_secret_unreadable": "Không đọc được tệp khoá bí mật {path}.",
    "config_sign_on": "Tệp cấu hình {path}: còn thiếu {key}.",
    "config_sign_on_file": "Tệp cấu hình {path}: không có tệp {file} nêu trong sign_on.",
    "config_plain_http": (
        "Tệp cấu hình {path}: địa chỉ {host} không phải máy cục bộ mà chưa có TLS; hãy dùng "
        "127.0.0.1 hoặc đặt web.serve_plain_http_on_a_trusted_lan = true."
    ),
    "config_exists": "Đã có tệp cấu hình {path}; không ghi đè.",
    "database_folder_missing": "Không có thư mục {folder} để đặt cơ sở dữ liệu.",
    "journal_mode_refused": "SQLite không nhận chế độ ghi nhật ký {wanted} (trả về {got}).",
    "schema_missing": "Cơ sở dữ liệu chưa có bảng; hãy chạy: monitor migrate.",
    "schema_old": "Cơ sở dữ liệu ở phiên bản {has}, chương trình cần {needs}; hãy chạy: monitor migrate.",
    "database_unavailable": (
        "Không mở được cơ sở dữ liệu; hãy kiểm tra mục database.url và máy chủ dữ liệu."
    ),
    "unexpected_error": (
        "Lỗi không lường trước ({kind}). Chạy lại với MONITOR_LOG=DEBUG và gửi thông báo cho người hỗ trợ."
    ),
    "unknown_unit": "Không có đơn vị {unit}.",
    "unknown_terminal": "Không có máy chấm công {terminal}.",
    "bad_covers": "--covers {covers}: cần “log” hoặc “TỪ/ĐẾN” với thời điểm dạng YYYY-MM-DD HH:MM:SS.",
    "cannot_write": "Không ghi được tệp {path}: {why}.",
    "file_unreadable": "Không đọc được tệp {file}.",
    "file_too_large": "Tệp {file} lớn hơn {limit_megabytes} MB.",
    "audit_broken": "Nhật ký bị sửa hoặc mất: mắt xích sai đầu tiên là mục {entry}.",
    "database_damaged": "Cơ sở dữ liệu hỏng: {why}. Hãy khôi phục bản sao lưu gần nhất.",
    "verified": "Nhật ký nguyên vẹn, cơ sở dữ liệu lành lặn.",
    "scheduler_running": "Đã có một bộ lập lịch đang chạy (khoá {lock}).",
    "serving": "Đang chạy tại {url} – nhấn Ctrl+C để dừng.",
    "port_taken": "Cổng {port} đang có chương trình khác dùng; hãy chọn cổng khác.",
    "demo_generate": "Tạo tỉnh mẫu…",
    "demo_import": "Nạp đơn vị, cán bộ, máy, quy chế…",
    "demo_pull": "Đọc sáu máy chấm công mô phỏng…",
    "demo_refresh": "Đối chiếu giờ làm việc…",
    "demo_folder_used": "Thư mục {folder} không trống.",
    "demo_fault_unknown": "Không có lỗi mẫu {fault}. Máy: {terminals}. Lỗi: {faults}.",
    "demo_import_refused": "Tệp mẫu {file} bị từ chối: {why}.",
    "demo_pull_failed": "Không đọc được máy mô phỏng {terminal}: {why}.",
    "demo_serving": "Tỉnh mẫu đang chạy tại {url} (đồng hồ: {now}) – nhấn Ctrl+C để dừng.",
    "init_done": (
        "Đã tạo {config}. Chạy monitor serve, mở trang /phieu và đặt mật khẩu cho tài khoản đầu tiên: admin, "
        "mã dùng một lần ({hours} giờ): {token}"
    ),
    "migrated": "Cơ sở dữ liệu đã ở phiên bản mới nhất.",
    "reconciling": "Đối chiếu",
    "reconciled": "Đã tính {person_days} ngày công.",
    "export_stale": "Lưu ý: có ngày chưa tính lại sau thay đổi gần nhất; hãy chạy: monitor reconcile.",
    "more_errors": "… và {count} lỗi nữa.",
    "pulled": "{terminal}: {lines} bản ghi, {stored} mới, {duplicates} đã có, {quarantined} cách ly.",
    "pull_failed": "{terminal}: {why}",
    "punches_imported": (
        "{file} ({layout}): {lines} dòng, {stored} mới, {duplicates} đã có, {quarantined} cách ly."
    ),
    "punches_checked": (
        "{file} ({layout}), chỉ kiểm tra: {lines} dòng, {stored} mới, {duplicates} đã có, "
        "{quarantined} cách ly."
    ),
    "punches_order_dmy": "{file}: ngày đọc theo thứ tự ngày/tháng/năm.",
    "punches_order_mdy": "{file}: ngày đọc theo thứ tự tháng/ngày/năm.",
    "punches_doubted": "{file}: {count} lượt bị cách ly vì {reason}.",
    "decided": "đã có người xử lý trước đó",
    "punches_unknown_ids": (
        "{file}: {count} lượt của {ids} mã chưa gắn với ai ({first}); vẫn lưu, gắn mã sau bằng: "
        "monitor badge map."
    ),
    "processed_pairs": (
        "Lưu ý: {file} là bảng giờ vào, ra đã xử lý, không có giây; đừng nạp cùng với nhật ký gốc của máy."
    ),
    "punch_line_set_aside": "{file}, dòng {line}: cách ly – {reason}.",
    "doctor_all_well": "Mọi thứ ổn.",
    "doctor_no_regulation": "Chưa có quy chế nào: không ai bị đánh giá. Hãy nạp regulations.toml.",
    "doctor_terminal_never_read": (
        "Máy {terminal} chưa đọc được lần nào: kiểm tra địa chỉ, mạng và khoá kết nối."
    ),
    "doctor_terminal_silent": "Máy {terminal} mất liên lạc {hours} giờ: kiểm tra nguồn điện và mạng.",
    "doctor_marks_do_not_fit": (
        "Đơn vị {unit}: {percent} % số buổi thiếu lượt chấm; số lượt chấm mỗi ngày trong quy chế "
        "có thể không hợp với thực tế."
    ),
    "doctor_calendar_proposed": (
        "Có {count} ngày trong lịch mới là dự kiến, chưa áp dụng: hãy xác nhận hoặc bỏ."
    ),
    "doctor_tet_unconfirmed": (
        "Lịch nghỉ Tết {year} chưa có ngày nào được xác nhận: hãy nạp thông báo khi có."
    ),
    "lunar_year_unknown": "Không có ngày Tết của năm {year} (chỉ có {first}–{last}).",
    "draft_year_too_early": "Không lập lịch dự kiến cho năm {year}; sớm nhất là {first}.",
    "doctor_stale": "Có ngày chờ tính lại: hãy chạy monitor reconcile hoặc bộ lập lịch.",
}
