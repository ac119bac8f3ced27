"""Sentences about closed months, reopening, pending adjustments and previews."""

SENTENCES: dict[str, str] = {
    "bad_month": "“{value}” không phải là một tháng dạng {form}.",
    "period_not_over": "Tháng {month} chưa kết thúc (hoặc còn ca trực chưa xong); chưa chốt được.",
    "period_closed_already": "Đơn vị {unit}: tháng {month} đã chốt rồi.",
    "period_stale": "Tháng {month} còn kết quả chưa tính lại; hãy thử lại sau ít phút.",
    "period_not_closed": "Đơn vị {unit}: tháng {month} chưa chốt.",
    "period_unsealed": (
        "Đơn vị {unit}: tháng {month} ghi là đã chốt nhưng không có dấu niêm; hãy chạy: monitor verify."
    ),
    "reopening_reason_missing": "Cần nêu lý do mở lại.",
    "reopening_name_missing": "Cần biết ai đề nghị hoặc duyệt mở lại.",
    "reopening_requested": "Đơn vị {unit}, tháng {month}: {by} đã đề nghị mở lại, đang chờ duyệt.",
    "reopening_not_requested": "Đơn vị {unit}, tháng {month}: chưa có ai đề nghị mở lại.",
    "reopening_same_person": "{by} đã đề nghị mở lại nên không được tự duyệt; cần một người khác.",
    "period_broken": "Đơn vị {unit}, tháng {month}: dữ liệu đã chốt không còn khớp dấu niêm ({what}).",
    "periods_none": "Chưa chốt tháng nào.",
    "period_line_closed": (
        "{month}  {unit}: đã chốt lúc {closed_at} bởi {closed_by}, {sessions} buổi, dấu niêm {seal:.12}."
    ),
    "period_line_reopen_requested": "{month}  {unit}: đã chốt; {requested_by} đề nghị mở lại: {reason}",
    "period_line_reopened": "{month}  {unit}: đã mở lại; chưa chốt lại.",
    "period_line_adjustments": "{adjustments} điều chỉnh chờ.",
    "period_closed": (
        "Đơn vị {unit}: đã chốt tháng {month}: {people} người, {sessions} buổi, dấu niêm {seal:.12}."
    ),
    "period_closed_undecided": "Đơn vị {unit}: {undecided} buổi được chốt khi còn chờ dữ liệu.",
    "adjustments_none": "Đơn vị {unit}, tháng {month}: không có điều chỉnh chờ.",
    "adjustment_day": "cả ngày",
    "adjustment_session": "buổi {number}",
    "adjustment_overtime": "làm thêm {number}",
    "adjustment_changes": "{person} {name}, {date}, {what}: {changes}",
    "adjustment_appears": "{person} {name}, {date}, {what}: sẽ thêm ({changes})",
    "adjustment_vanishes": "{person} {name}, {date}, {what}: sẽ bỏ ({changes})",
    "reopening_asked": "Đơn vị {unit}, tháng {month}: đã ghi đề nghị mở lại; cần một người khác duyệt.",
    "period_reopened": "Đơn vị {unit}: đã mở lại tháng {month}; {applied} điều chỉnh được áp dụng.",
    "preview_count": "{unit}: {before} → {after}: {count} buổi",
    "preview_row": "{unit}  {person} {name}  {date} {session}: {before} → {after}{note}",
    "preview_closed": "(tháng đã chốt: sẽ thành điều chỉnh chờ)",
    "preview_more": "… và {count} buổi khác.",
    "preview_total": (
        "Xem trước, không ghi gì: {changed} buổi đổi kết quả, {restated} buổi chỉ đổi căn cứ, "
        "trong {person_days} ngày công được tính lại."
    ),
    "action_month_submit": "Gửi bảng công",
    "action_month_confirm": "Xác nhận bảng công",
    "action_month_approve": "Duyệt bảng công",
    "action_month_return": "Trả bảng công để sửa",
    "action_month_reply": "Trả lời bảng công của mình",
    "action_period_close": "Chốt kỳ công",
    "action_period_reopen_request": "Đề nghị mở lại kỳ công",
    "action_period_reopen": "Mở lại kỳ công",
}
