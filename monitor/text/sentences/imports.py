"""Sentences about imported files: what cannot be read, what is wrong with which row, what was done."""

WHERE = {
    "import_at_line": "{file}, dòng {place}: {what}",
    "import_at_line_column": "{file}, dòng {place}, cột {column}: {what}",
    "import_at": "{file}, {place}: {what}",
    "import_at_column": "{file}, {place}, cột {column}: {what}",
}

FILES = {
    "import_unknown_kind": "Không có loại tệp {kind}; các loại: {known}.",
    "file_missing": "Không tìm thấy tệp {file}.",
    "file_empty": "Tệp {file} không có dòng tiêu đề.",
    "file_utf16": "Tệp {file} ở bảng mã UTF-16; hãy lưu lại dạng CSV UTF-8 hoặc Excel (.xlsx).",
    "file_not_utf8": (
        "Tệp {file}, dòng {line}: không phải bảng mã UTF-8; hãy lưu lại dạng CSV UTF-8 hoặc Excel (.xlsx)."
    ),
    "file_not_csv": "Tệp {file}, dòng {line}: không đúng dạng CSV (dấu nháy kép hoặc xuống dòng sai).",
    "file_wrong_separator": "Tệp {file}: các cột phải cách nhau bằng dấu phẩy.",
    "file_not_workbook": "Tệp {file} không phải bảng tính Excel đọc được, hoặc có mật khẩu.",
    "file_sheet_too_large": "Tệp {file} có trang tính lớn hơn {cells} ô.",
    "file_which_sheet": (
        "Tệp {file} có nhiều trang tính có dữ liệu ({sheets}); hãy để lại một trang "
        "hoặc đặt tên trang là {wanted}."
    ),
    "file_not_toml": "Tệp {file} không đúng dạng TOML: {why}.",
    "file_binary": "Đây là tệp nhị phân, không phải tệp chữ; máy chấm công đời cũ cần được đọc qua mạng.",
    "file_utf16_swapped": "Tệp ở bảng mã UTF-16 BE; hãy lưu lại dạng UTF-8.",
    "file_without_lines": "Tệp không có dòng nào.",
    "layout_not_known": "Không có dạng tệp {layout}; các dạng: {known}.",
}

COLUMNS = {
    "unknown_column": "không có cột tên {name}; các cột: {known}.",
    "column_twice": "cột {name} có hai lần.",
    "column_without_name": "cột thứ {number} có dữ liệu mà không có tên.",
    "missing_column": "thiếu cột {name}.",
    "cell_count": "dòng có {found} ô, dòng tiêu đề có {expected}.",
    "cell_empty": "{name} không được để trống.",
    "unknown_key": "không có mục {name}; các mục: {known}.",
    "missing_key": "thiếu mục {name}.",
}

CELLS = {
    "bad_characters": "có ký tự điều khiển không in được.",
    "legacy_font": "“{text}” là chữ của phông {font} cũ; hãy chuyển sang Unicode.",
    "bad_date": "“{value}” không phải ngày dạng YYYY-MM-DD.",
    "bad_time": "“{value}” không phải thời điểm dạng YYYY-MM-DD HH:MM:SS.",
    "bad_clock": "“{value}” không phải giờ dạng HH:MM.",
    "bad_number": "“{value}” không phải số từ {least} đến {most}.",
    "bad_choice": "“{value}” không thuộc: {choices}.",
    "bad_zone": "không có múi giờ “{value}”.",
    "bad_host": "“{value}” không phải địa chỉ IP.",
    "bad_comm_key": "khoá kết nối (comm key) phải là số từ 0 đến 999999.",
    "bad_push_key": "khoá gửi (push_key) chỉ gồm chữ không dấu, số, - và _, tối đa 64 ký tự; 0 là bỏ khoá.",
    "bad_account": "loại máy này cần tài khoản, viết là tên:mật khẩu.",
    "serial_malformed": "số sê-ri “{value}” chỉ được gồm chữ cái, chữ số, - và _.",
    "toml_not_text": "phải là chuỗi ký tự không rỗng.",
    "toml_not_tables": "phải là các bảng [[regulation]] hoặc [[regulation.session]].",
    "bad_weekdays": "“{value}” không phải danh sách thứ: số từ 1 (thứ Hai) đến 7, mỗi thứ một lần.",
    "bad_targets": "“{value}” không phải danh sách đối tượng, mỗi đối tượng một lần.",
    "bad_target": '“{value}” không phải "*", "unit:MÃ" hay "person:MÃ".',
}

ROWS = {
    "row_twice": "trùng với mục ở {first}.",
    "unknown_person": "không có người mã {person}.",
    "unknown_parent": "không có đơn vị cấp trên mã {parent}.",
    "unknown_excuse_type": "không có loại lý do {value}; các loại: {known}.",
    "unit_circle": "đơn vị nằm dưới chính nó: {path}.",
    "ends_before_start": "kết thúc {end} trước khi bắt đầu {start}.",
    "interval_empty": "bắt đầu và kết thúc cùng lúc {start}.",
    "posting_overlap": "trùng thời gian với một lần công tác khác ở cùng đơn vị {unit}: {other}.",
    "allowance_over_day": "{minutes} phút dài hơn cả ngày làm việc dài nhất theo quy chế ({longest} phút).",
    "calendar_document_missing": "Cần số văn bản quyết định những ngày này (--document).",
    "calendar_nothing_proposed": "Từ {first} đến {last} không có ngày nào đang dự kiến (P) để xác nhận.",
    "calendar_drafted": (
        "Đã ghi dự thảo lịch năm {year}, {days} ngày nghỉ, vào {file}. "
        "Hãy sửa theo thông báo rồi nạp: monitor import calendar {file}"
    ),
    "overtime_too_long": "Làm thêm từ {start} đến {end} dài quá 24 giờ; hãy chia thành từng ngày.",
    "roster_overlap": "{person} đã có lịch trùng giờ: {other}.",
    "badge_ambiguous": "số {device_user_id} tại máy {terminal} trong thời gian này đã là của {other}.",
    "code_reserved": "mã {value} được dành riêng.",
    "host_missing": "máy loại {kind} cần địa chỉ IP.",
    "serial_taken": "số sê-ri {serial} đã thuộc về máy {terminal}.",
    "makeup_not_on_weekend": "ngày làm bù {date} không phải thứ Bảy hay Chủ nhật.",
    "swapped_day_on_weekend": "ngày được hoán đổi {date} không phải ngày làm việc trong tuần.",
    "swap_without_pair": (
        "ngày làm bù {date} cần ngày {for_date} được nghỉ (off) cùng phạm vi và cùng mức xác nhận."
    ),
    "sessions_overlap": "buổi {name} trùng giờ với buổi {other} vào thứ (ISO) {weekdays}.",
    "same_target_and_start": "quy định {other} đã áp dụng cho cùng đối tượng từ {valid_from}.",
}

DONE = {
    "import_applied": (
        "{file}: {rows} dòng; thêm {added}, sửa {changed}, không đổi {unchanged}, từ chối {refused}. Đã ghi."
    ),
    "import_not_applied": (
        "{file}: {rows} dòng; thêm {added}, sửa {changed}, không đổi {unchanged}, từ chối {refused}. "
        "Không ghi gì."
    ),
}

SENTENCES: dict[str, str] = {**WHERE, **FILES, **COLUMNS, **CELLS, **ROWS, **DONE}
