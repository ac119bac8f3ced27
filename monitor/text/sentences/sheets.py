"""Sentences about official timesheets: what is printed on them, and what the command answers."""

SENTENCES: dict[str, str] = {
    "sheet_nobody": "Đơn vị {unit} không có người nào trong tháng {month}; không lập bảng chấm công.",
    "sheet_symbol_unplaced": (
        "Đơn vị {unit}: mẫu {form} chưa nói ký hiệu “{symbol}” tính vào cột nào; "
        "hãy thêm ký hiệu này vào columns hoặc uncounted trong timesheets.toml."
    ),
    "sheet_suffix": "Không rõ định dạng của tệp {path}: cần đuôi .xlsx, .pdf, .csv hoặc .json.",
    "sheet_not_final": "Đơn vị {unit}, tháng {month}: chưa chốt công; không xuất bản chính thức (--final).",
    "sheet_too_long_for_pdf": (
        "{people} người là quá nhiều cho một tệp PDF (tối đa {most}); hãy xuất .xlsx hoặc từng đơn vị."
    ),
    "sheet_font_missing": "Không có phông chữ “{font}”; xem mục [print] trong {path}.",
    "sheet_no_overtime": "Đơn vị {unit}, tháng {month}: không có giờ làm thêm nào; không lập bảng 01b-LĐTL.",
    "sheet_making": "Lập bảng chấm công",
    "sheet_written": "Đã ghi {path}: {units} đơn vị, {people} người.",
    "sheet_draft_written": (
        "Bản nháp: {count} buổi chưa có kết quả, tháng chưa hết hoặc còn ngày chờ tính lại."
    ),
    "sheet_code_malformed": "“{given}” không phải mã kiểm tra: cần 16 chữ số 0–9, A–F như in ở chân bảng.",
    "sheet_code_unknown": "Không có lần chốt công nào mang mã {given}, với đơn vị và tháng đã nêu.",
    "sheet_code_broken": (
        "Mã {given}: đơn vị {unit}, tháng {month}; dữ liệu đã chốt không còn khớp dấu niêm ({what})."
    ),
    "sheet_code_holds": (
        "Mã {given} đúng: đơn vị {unit}, tháng {month}, chốt lúc {closed_at} bởi {closed_by}, "
        "{people} người, {sessions} buổi; dữ liệu vẫn như khi chốt. Hãy so các số cộng dưới đây với tờ giấy."
    ),
    "sheet_code_replaced": (
        "Mã {given} là của lần chốt lúc {closed_at} (đơn vị {unit}, tháng {month}), đã được mở lại sau đó; "
        "tờ giấy này không còn hiệu lực."
    ),
    "sheet_code_total": "Cột {number}, {title}: {total}",
    "sheet_draft": "BẢN NHÁP",
    "sheet_draft_why": "Bản nháp, không dùng để thanh toán: {count} buổi chưa có kết quả.",
    "sheet_draft_behind": "Còn ngày chờ tính lại sau thay đổi gần nhất.",
    "sheet_open": "Chưa chốt công: số liệu còn có thể thay đổi, chưa có mã kiểm tra.",
    "sheet_closed": "Đã chốt công lúc {closed_at}, người chốt: {closed_by}.",
    "sheet_closed_undecided": "Khi chốt còn {count} buổi chưa có kết quả (ký hiệu {pending}).",
    "sheet_code": "Mã kiểm tra: {code}",
    "sheet_check": "Kiểm tra: monitor verify --code {code} --unit {unit} --month {month}",
    "sheet_legend": "Ký hiệu chấm công:",
    "sheet_local_legend": "Ký hiệu riêng của đơn vị:",
    "sheet_away": "Ô gạch chéo: ngày không thuộc đơn vị này.",
    "sheet_special_days": "Ngày nghỉ, làm bù: {days}.",
    "sheet_number": "Số: ………………",
    "sheet_date": "{place}gày …… tháng …… năm ……",
    "sheet_line_number": "Số TT",
    "sheet_name": "Họ và tên",
    "sheet_days": "Ngày trong tháng",
    "sheet_sum": "Cộng",
    "sheet_summary": "Tổng hợp",
    "sheet_missing": "Chưa có kết quả",
    "sheet_missing_more": "… và {count} buổi khác.",
    "sheet_remarks": "Ghi chú",
    "sheet_late_minutes": "đi muộn {minutes} phút",
    "sheet_early_minutes": "về sớm {minutes} phút",
    "sheet_column_unit": "Mã đơn vị",
    "sheet_column_unit_name": "Đơn vị",
    "sheet_column_people": "Số người",
    "sheet_column_state": "Tình trạng",
    "sheet_column_code": "Mã kiểm tra",
    "sheet_column_person": "Mã cán bộ",
    "sheet_column_date": "Ngày",
    "sheet_column_session": "Buổi",
    "sheet_column_what": "Nội dung",
    "sheet_state_draft": "Nháp",
    "sheet_state_open": "Chưa chốt",
    "sheet_state_closed": "Đã chốt",
}
