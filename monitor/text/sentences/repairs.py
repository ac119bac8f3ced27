"""Sentences about what is mended afterwards, and about alarms: each alarm says what to do."""

SENTENCES: dict[str, str] = {
    "unknown_import": "Không có lần nạp tệp số {id}.",
    "import_already_undone": "Lần nạp {id} ({file}) đã được huỷ trước đó.",
    "import_line": (
        "{id}. {at} {terminal} – {file_name} ({layout}): {lines} dòng, {stored} mới, {duplicates} đã có, "
        "{quarantined} cách ly."
    ),
    "import_line_undone": "Đã huỷ ({by}): {reason}.",
    "imports_none": "Chưa nạp tệp lượt chấm nào.",
    "import_undone": (
        "Đã huỷ lần nạp {id} ({file}): {withheld} lượt chấm thôi được tính, rút {withdrawn} khoảng "
        "được coi là đủ. Không xoá gì; nạp lại tệp thì tính lại."
    ),
    "unknown_record": "Không có bản ghi cách ly số {id}.",
    "record_decided": "Bản ghi {id} đã được xử lý.",
    "record_not_releasable": (
        "Bản ghi {id} không nhận nguyên được: giờ máy ghi không dùng được; hãy nhập giờ thật hoặc bỏ qua."
    ),
    "record_still_future": "Bản ghi {id} ghi {time}, vẫn ở tương lai; hãy đợi hoặc nhập giờ thật.",
    "record_not_correctable": "Bản ghi {id} không sửa giờ được: không rõ của ai hoặc không đọc được giờ.",
    "corrected_time_implausible": (
        "Bản ghi {id}: giờ {time} không thể đúng (trước ngày lắp máy hoặc trong tương lai)."
    ),
    "one_record_for_a_time": "Mỗi lần chỉ nhập giờ thật cho một bản ghi; nhiều bản ghi thì dùng độ lệch.",
    "quarantine_empty": "Không có bản ghi nào đang chờ.",
    "quarantine_line": "{id}. {terminal}, mã {device_user_id}, {time}: {why} ({source}).",
    "quarantine_decided": "→ {decision} ({decided_by}): {decided_reason}",
    "quarantine_done": "Đã xử lý {count} bản ghi.",
    "unknown_ids_none": "Mọi mã người dùng trên máy đều đã biết của ai.",
    "unknown_id_line": "{terminal}, mã {device_user_id}: {punches} lượt, từ {first} đến {last}.",
    "unknown_id_maybe": "Có thể là {people}.",
    "badge_mapped": (
        "Mã {device_user_id} tại máy {terminal} từ nay là của {person}; các ngày cũ được tính lại."
    ),
    "badge_taken": (
        "Mã {device_user_id} tại máy {terminal} trong thời gian này đã là của {other}; chưa đổi gì."
    ),
    "person_not_found": "Không có người mã {person}; chưa đổi gì.",
    "serial_not_waiting": "Không có máy số sê-ri {serial} nào đang chờ duyệt.",
    "terminal_code_taken": "Đã có máy mã {terminal}; hãy chọn mã khác.",
    "terminal_waiting_line": "{serial} từ {address}, {count} lần gọi.",
    "terminals_waiting_none": "Không có máy nào chờ duyệt.",
    "terminal_approved": "Máy {serial} từ nay là {code}; lần gọi tới nó sẽ gửi các lượt chấm còn giữ.",
    "terminal_rejected": "Đã từ chối máy {serial}; nó vẫn giữ các lượt chấm của mình.",
    "terminal_switched_off": "Máy {terminal}: thôi đọc và thôi báo động.",
    "terminal_switched_on": "Máy {terminal}: đọc lại bình thường.",
    "alarm_server_clock": (
        "Đồng hồ MÁY CHỦ có vẻ sai {minutes} phút: {agreeing} trên {seen} máy chấm công cùng lệch như nhau. "
        "Hãy chỉnh giờ máy chủ (NTP). Lượt chấm vẫn được nhận, không ai bị coi là chấm ở tương lai."
    ),
    "alarm_terminal_silent": (
        "Máy {terminal} mất liên lạc từ {since}: kiểm tra nguồn điện, mạng và địa chỉ của máy."
    ),
    "alarm_clock_off": (
        "Đồng hồ máy {terminal} lệch {seconds} giây: chỉnh giờ tại máy; lệch trên 300 giây thì soát lại "
        "các ngày của máy này."
    ),
    "alarm_nearly_full": "Bộ nhớ máy {terminal} đã dùng {percent} %: hãy sao lưu rồi xoá bớt tại máy.",
    "alarm_records_fell": (
        "Số bản ghi trên máy {terminal} giảm từ {before} xuống {after}: có thể ai đó đã xoá nhật ký; "
        "khoảng chưa kịp đọc được coi là không có dữ liệu."
    ),
    "alarm_log_cleared": (
        "Máy {terminal} báo rằng nhật ký chấm công vừa bị xoá tại máy; khoảng chưa kịp gửi được coi là "
        "không có dữ liệu. Hãy hỏi người quản lý máy."
    ),
    "alarm_factory_reset": (
        "Máy {terminal} báo rằng đã bị khôi phục cài đặt gốc; khoảng chưa kịp gửi được coi là không có "
        "dữ liệu. Hãy cài đặt lại máy."
    ),
    "alarm_clock_set": (
        "Máy {terminal} báo rằng đồng hồ của máy vừa được chỉnh: hãy xem lại các lượt chấm quanh lúc đó."
    ),
    "alarm_serial_changed": (
        "Ở địa chỉ của máy {terminal} có thiết bị khác số sê-ri {serial}; không lưu gì. Nếu đã thay máy, "
        "hãy sửa số sê-ri của nó."
    ),
    "alarm_serial_twice": (
        "Số sê-ri {serial} xuất hiện ở hai nơi (máy {terminal} và máy {other}); không lưu gì từ địa chỉ "
        "của máy {terminal}. Hãy kiểm tra địa chỉ hai máy."
    ),
    "alarm_serial_unknown": (
        "Máy lạ có số sê-ri {serial} gọi tới từ {address}: hãy duyệt, từ chối hoặc chặn lại."
    ),
    "alarm_quarantine_waiting": "Máy {terminal} có {count} bản ghi bị cách ly đang chờ xử lý.",
    "alarm_pushes_unconfirmed": (
        "Máy {terminal}: {count} lượt chấm tự gửi không có trong nhật ký của máy; có thể bị giả mạo."
    ),
    "alarm_job_dead": (
        "Việc nền {job} không chạy đã {minutes} phút: khởi động lại dịch vụ (monitor serve hoặc work)."
    ),
    "alarm_job_failed": "Việc nền {job} bị lỗi ({error}): xem nhật ký của dịch vụ.",
}
