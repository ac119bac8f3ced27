"""Sentences about patterns: names, definitions with their limits, what may be honest about them."""

SENTENCES: dict[str, str] = {
    "pattern_friday_early": "Chiều thứ Sáu về sớm",
    "pattern_friday_early_definition": (
        "Trong {weeks} tuần, ít nhất {friday_days} chiều thứ Sáu về trước giờ hoặc không trở lại buổi "
        "chiều mà không có lý do, bằng ít nhất {friday_percent} % số thứ Sáu có dữ liệu, và nhiều hơn các "
        "thứ khác."
    ),
    "pattern_friday_early_honest": "Có thể là: xe về quê, con học thêm, đã báo miệng mà chưa có giấy.",
    "pattern_no_out": "Có lượt vào, không có lượt ra",
    "pattern_no_out_definition": (
        "Trong {weeks} tuần, ít nhất {no_out_days} ngày có lượt vào mà không có lượt ra cuối ngày, bằng "
        "ít nhất {no_out_percent} % số ngày có dữ liệu."
    ),
    "pattern_no_out_honest": (
        "Có thể là: hay quên chấm, đi công tác chiều chưa có giấy, máy khó nhận vân tay."
    ),
    "pattern_pairs": "Hai người chấm liền nhau nhiều lần",
    "pattern_pairs_definition": (
        "Trong {weeks} tuần, hai người chấm cùng một máy cách nhau không quá {pairs_seconds} giây, ít "
        "nhất {pairs_days} ngày và bằng ít nhất {pairs_percent} % số ngày cả hai cùng chấm."
    ),
    "pattern_pairs_honest": "Thường là: vợ chồng, người đi chung xe, cùng phòng đến cùng lúc.",
    "pattern_last_minute": "Luôn vào ở phút cuối của thời gian châm chước",
    "pattern_last_minute_definition": (
        "Trong {weeks} tuần, ít nhất {last_minute_days} ngày vào trong 60 giây cuối trước khi bị tính "
        "muộn, bằng ít nhất {last_minute_percent} % số ngày có lượt vào."
    ),
    "pattern_last_minute_honest": "Có thể là: đi xe buýt cố định, đưa con đến trường cùng một giờ.",
    "pattern_flood": "Dồn lượt chấm một lần sau kỳ nghỉ",
    "pattern_flood_definition": (
        "Chỉ một ngày trong các ngày kiểm tra sau kỳ nghỉ, ít nhất {flood_people} người chấm một máy "
        "trong {flood_seconds} giây, bằng ít nhất {flood_percent} % lúc đông nhất của máy ấy trong ít "
        "nhất {flood_usual_days} ngày trước đó."
    ),
    "pattern_flood_honest": "Có thể là: gặp mặt đầu xuân rồi cùng vào, một máy khác hỏng.",
    "pattern_rate": "Trên công sở trung thực mô phỏng: {listed} trên {of} người bị nêu nhầm ({rate})",
    "pattern_rate_flood": (
        "Trên công sở trung thực mô phỏng: {listed} trên {of} máy bị nêu nhầm sau một kỳ nghỉ ({rate})"
    ),
    "pattern_seed": "mô phỏng số {seed}, {weeks} tuần",
    "pattern_unmeasured": (
        "Ngưỡng đã đổi nên chưa có tỷ lệ nêu nhầm; đo bằng lệnh monitor check patterns --honest."
    ),
    "pattern_on": "đang bật",
    "pattern_off": "đang tắt",
    "pattern_line": "{pattern}: {name} – {state}. {definition} {rate}.",
    "pattern_unknown": "Không có mẫu hình {pattern}.",
    "pattern_reason": "Cần nêu lý do, dài nhất {most} chữ.",
    "pattern_not_yours": "Chỉ quản trị viên hoặc trưởng đoàn của một đợt đang mở bật, tắt được.",
    "pattern_same": "Mẫu hình đã ở trạng thái ấy rồi.",
    "pattern_switched_on": "Đã bật: {name}.",
    "pattern_switched_off": "Đã tắt: {name}.",
    "pattern_people": "Cần từ {least} đến {most} người để mô phỏng.",
    "action_pattern_switch": "Bật, tắt mẫu hình cần xem lại",
    "action_view_patterns": "Xem mẫu hình cần xem lại",
}
