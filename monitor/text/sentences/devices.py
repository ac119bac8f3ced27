"""Sentences about terminals: why a contact failed, why a record was set aside."""

SENTENCES: dict[str, str] = {
    "unreachable": "Không kết nối được tới máy.",
    "timed_out": "Máy không trả lời kịp thời gian cho phép.",
    "broken_off": "Máy ngắt kết nối giữa chừng.",
    "contact_failed": "Tiến trình đọc máy bị dừng bất thường.",
    "bad_credentials": "Máy từ chối khoá kết nối hoặc tài khoản.",
    "credentials_missing": "Chưa nhập tài khoản cho máy này.",
    "no_permission": "Tài khoản không có quyền đọc nhật ký.",
    "sign_in_not_supported": "Máy đòi cách đăng nhập làm lộ mật khẩu; đã không gửi.",
    "not_supported": "Máy không hỗ trợ yêu cầu này.",
    "serial_missing": "Cần nhập số sê-ri: một máy chủ giữ nhiều máy.",
    "terminal_unknown": "Máy chủ không có máy mang số sê-ri {serial}.",
    "redirected": "Máy chuyển sang địa chỉ khác; đã không đi theo.",
    "http_error": "Máy trả lời lỗi HTTP {status}.",
    "log_incomplete": "Nhật ký nhận được chưa đủ; chưa lưu gì, sẽ đọc lại.",
    "zone_unknown": "không rõ giờ máy ghi theo múi giờ nào",
    "not_an_address": "Địa chỉ máy phải là địa chỉ IP, không phải tên.",
    "address_not_allowed": "Địa chỉ máy nằm ngoài các mạng được phép (terminals.allowed_networks).",
    "transport_unknown": "Loại máy {kind} không kết nối bằng {transport}; có thể chọn: {choices}.",
    "ca_file_unreadable": "Không đọc được tệp chứng thư gốc {path} (terminals.ca_file).",
    "wrong_certificate": (
        "Chứng thư của máy khác với chứng thư đã ghim; chưa gửi gì. Chứng thư vừa thấy: sha256={found}. "
        "Chỉ ghim lại sau khi đã đối chiếu tại máy."
    ),
    "certificate_not_trusted": (
        "Không có tổ chức nào bảo đảm chứng thư của máy, hoặc chứng thư không ghi địa chỉ này; chưa gửi gì."
    ),
    "tls_failed": "Máy không nói được TLS, hoặc chỉ có TLS cũ không còn an toàn.",
    "unknown_kind": "Không có loại máy này.",
    "kind_not_readable": "Loại máy này tự gửi dữ liệu hoặc nạp từ tệp, không đọc qua mạng được.",
    "command_not_allowed": "Lệnh gửi tới máy không thuộc danh sách chỉ đọc; đã không gửi.",
    "wrong_serial": "Máy ở địa chỉ này có số sê-ri khác; không lưu gì.",
    "bad_serial": "Máy không cho biết số sê-ri hợp lệ.",
    "serial_elsewhere": "Số sê-ri {serial} đã thuộc về máy {terminal}; không lưu gì.",
    "bad_frame": "Máy gửi dữ liệu không đúng giao thức.",
    "bad_checksum": "Gói tin từ máy sai mã kiểm tra.",
    "stray_replies": "Máy chỉ trả lời các yêu cầu khác.",
    "command_refused": "Máy từ chối lệnh đọc.",
    "bad_reply": "Máy trả lời ở dạng không nhận biết được.",
    "too_large": "Máy gửi nhiều dữ liệu hơn giới hạn.",
    "size_mismatch": "Nhật ký nhận được không đủ so với số máy báo; giữ lại để kiểm tra.",
    "count_fell": "Số bản ghi giảm trong lúc đọc; sẽ đọc lại.",
    "log_missing": "Máy báo có bản ghi nhưng không gửi.",
    "no_layout_fits": "Không nhận ra dạng bản ghi của máy; giữ lại để kiểm tra.",
    "ambiguous_layout": "Có nhiều cách hiểu nhật ký của máy; giữ lại để kiểm tra.",
    "layout_changed": "Dạng bản ghi khác với lần trước; giữ lại để kiểm tra.",
    "users_missing": "Không đọc được danh sách người dùng của máy.",
    "user_list_size_mismatch": "Danh sách người dùng của máy không đủ dữ liệu.",
    "user_list_unreadable": "Không nhận ra dạng danh sách người dùng của máy.",
    "layout_unknown": "Không nhận ra định dạng tệp lượt chấm.",
    "header_missing": "Tệp không có dòng tiêu đề của dạng {layout}.",
    "date_order_ambiguous": (
        "Dòng {line}: không rõ ngày trước hay tháng trước; hãy chọn dạng {layout}:dmy (ngày "
        "trước) hoặc {layout}:mdy (tháng trước)."
    ),
    "date_order_mixed": (
        "Dòng {line} và dòng {other} viết ngày theo hai kiểu khác nhau; hãy kiểm tra tệp hoặc "
        "chọn {layout}:dmy hay {layout}:mdy."
    ),
    "workbook_unreadable": "Không mở được bảng tính: tệp hỏng hoặc có mật khẩu.",
    "workbook_too_large": "Bảng tính quá lớn (giới hạn {limit_megabytes} MB, {cells} ô).",
    "file_of_another_terminal": (
        "Tệp có lượt chấm của máy số sê-ri {serials}, không phải của máy {terminal}; không ghi gì."
    ),
    "line_too_long": "dòng quá dài",
    "epoch_time": "thời điểm là một con số, chưa rõ múi giờ",
    "pair_out_of_order": "giờ trong ngày không theo thứ tự vào, ra",
    "impossible_date": "ngày giờ không có thật",
    "bad_user_id": "mã người dùng không hợp lệ",
    "unknown_uid": "vị trí người dùng không có trong danh sách",
    "bad_line": "dòng sai định dạng",
    "clock_reset": "đồng hồ máy về năm 2000",
    "before_installation": "trước ngày lắp máy",
    "in_the_future": "thời điểm trong tương lai",
}
