"""Sentences of reports to the level above: titles, parts, counts in words, refusals."""

SENTENCES: dict[str, str] = {
    "upward_number": "Số: ……/{symbol}",
    "upward_title": "BÁO CÁO",
    "upward_month": "tháng {month}",
    "upward_subject_month": "Tình hình chấp hành giờ giấc làm việc {about}, phục vụ hội nghị giao ban",
    "upward_subject_self_check": "Kết quả tự kiểm tra chấp hành giờ giấc làm việc – {about}",
    "upward_subject_table": "Tổng hợp giờ giấc làm việc của các đơn vị – {about}",
    "upward_subject_exemplary": "Tập thể, cá nhân chấp hành tốt giờ giấc làm việc {about}",
    "upward_subject_public": "Số liệu công khai về giờ giấc làm việc {about}",
    "upward_signatory": "THỦ TRƯỞNG ĐƠN VỊ",
    "upward_opening": "{unit} báo cáo như sau, số liệu từ ngày {first} đến hết ngày {last}:",
    "upward_part_general": "Tình hình chung",
    "upward_part_figures": "Số liệu theo đơn vị",
    "upward_part_handling": "Kiểm tra và kết quả xử lý",
    "upward_part_exemplary": "Đơn vị chấp hành tốt",
    "upward_part_proposals": "Đề xuất, kiến nghị",
    "upward_part_done": "Việc đã triển khai",
    "upward_part_results": "Kết quả kiểm tra",
    "upward_part_table": "Biểu tổng hợp",
    "upward_part_criteria": "Tiêu chí",
    "upward_part_collectives": "Tập thể",
    "upward_part_people": "Danh sách cá nhân",
    "upward_part_public": "Số người theo kết quả trong tháng",
    "upward_unit_sessions": "lượt buổi",
    "upward_unit_days": "lượt người",
    "upward_summary": (
        "Trong {days} ngày, {units} đơn vị trực thuộc: phải có mặt {expected} {what}; có mặt {present}; "
        "vắng {absent}, trong đó có lý do {excused}, không lý do {unexcused}; đi muộn {late}; về sớm "
        "{early}; chưa có dữ liệu {no_data}."
    ),
    "upward_before": "Tháng trước: có mặt {present}, vắng không lý do {unexcused}, đi muộn {late} lượt.",
    "upward_note_sessions": (
        "Mỗi buổi làm việc phải có mặt của mỗi người là một lượt, tính cho đơn vị của người ấy vào ngày "
        "đó. Phải có mặt = có mặt + vắng + chưa có dữ liệu; vắng = có lý do + không lý do. Tỷ lệ tính "
        "trên số có dữ liệu."
    ),
    "upward_note_days": (
        "Mỗi người mỗi ngày kiểm tra là một lượt. Phải có mặt = có mặt + vắng + chưa có dữ liệu; vắng = "
        "có lý do + không lý do. Tỷ lệ tính trên số có dữ liệu."
    ),
    "upward_checks": (
        "Có {campaigns} đợt kiểm tra; kiểm tra tại chỗ {visits} lượt, trong đó {signed} lượt có biên bản "
        "đã ký."
    ),
    "upward_handling": (
        "Nội dung cần xử lý: {findings}; đã yêu cầu giải trình {requests}; kết luận có lý do {accepted}, "
        "không lý do {not_accepted}; đã xong {closed}; quá hạn {late}."
    ),
    "upward_citizens": "Phản ánh của công dân đã tiếp nhận: {count}.",
    "upward_exemplary_units": "Mọi buổi đều đủ dữ liệu, không có trường hợp nào: {units}.",
    "upward_exemplary_none": (
        "Chưa có đơn vị nào từ năm người trở lên mà mọi buổi đều đủ dữ liệu và không có trường hợp nào."
    ),
    "upward_criteria": (
        "Mọi buổi trong kỳ đều đủ dữ liệu và đúng giờ, hoặc vắng có lý do; có đi làm ít nhất một buổi; "
        "không có nội dung cần xử lý và không có văn bản nhắc nhở về các ngày ấy. Danh sách nêu sự việc, "
        "không xếp hạng."
    ),
    "upward_people_count": "{count} người đạt tiêu chí trên.",
    "upward_note_public": (
        "Số người có ít nhất một buổi có kết quả ấy; một người có thể ở nhiều cột. Số nhỏ, và số từ đó "
        "suy ra được số nhỏ, không công bố (–)."
    ),
    "upward_kept": "Lưu: VT",
    "upward_own_people": "Trực thuộc, không qua đơn vị con",
    "upward_too_few": "ít dữ liệu",
    "upward_column_number": "STT",
    "upward_column_name": "Họ và tên",
    "upward_column_position": "Chức vụ",
    "upward_column_unit": "Đơn vị",
    "upward_column_attended": "Số buổi đúng giờ",
    "upward_public_all": "Tổng số",
    "upward_public_on_time": "Đúng giờ",
    "upward_public_late": "Đi muộn",
    "upward_public_early": "Về sớm",
    "upward_public_excused": "Có lý do",
    "upward_public_absent": "Không lý do",
    "upward_kind_month": "Báo cáo tháng",
    "upward_kind_self_check": "Tự kiểm tra sau kỳ nghỉ",
    "upward_kind_table": "Biểu tổng hợp",
    "upward_kind_exemplary": "Danh sách chấp hành tốt",
    "upward_kind_public": "Bản công khai",
    "upward_about_month": "Phục vụ hội nghị giao ban hằng tháng: số liệu, kiểm tra và xử lý, đề xuất.",
    "upward_about_self_check": (
        "Cơ quan báo cáo cấp trên: đơn vị trực thuộc đã kiểm tra, kết quả, xử lý, đề xuất."
    ),
    "upward_about_table": "Mọi đơn vị trực thuộc trong một biểu, theo tháng hoặc theo đợt kiểm tra.",
    "upward_about_exemplary": "Tập thể, cá nhân không có trường hợp nào và đủ dữ liệu; không xếp hạng.",
    "upward_about_public": "Không nêu ai; số nhỏ và số suy ra được đều bị che.",
    "upward_kind": "Không có loại báo cáo {kind} cho kỳ ấy.",
    "upward_no_days": "Kỳ báo cáo chưa có ngày nào đã qua.",
    "upward_suffix": "Tệp báo cáo có đuôi {suffixes}.",
    "upward_period": "Cần đúng một trong hai: tháng (--month) hoặc đợt kiểm tra (--campaign).",
    "upward_words_long": "Mỗi ô dài nhất {most} chữ.",
    "upward_words_kept": "Đã lưu nội dung báo cáo.",
    "upward_written": "Đã ghi báo cáo vào {path}.",
    "totals_presence_unit": (
        "Chưa lập được báo cáo: số liệu của {unit} không khớp. Phải có mặt {expected}, nhưng có mặt "
        "{present} + vắng {absent} + chưa có dữ liệu {no_data} = {told} (lệch {difference})."
    ),
    "totals_absence_unit": (
        "Chưa lập được báo cáo: số liệu của {unit} không khớp. Vắng {absent}, nhưng có lý do {excused} + "
        "không lý do {unexcused} (lệch {difference})."
    ),
    "totals_part_unit": "Chưa lập được báo cáo: ở {unit}, một phần ({part}) lớn hơn số có mặt ({present}).",
    "totals_sum_unit": (
        "Chưa lập được báo cáo: các đơn vị của {unit} cộng lại là {told}, nhưng toàn đơn vị là {expected}."
    ),
    "action_view_report": "Xem báo cáo cấp trên",
    "action_report_words": "Viết nội dung báo cáo cấp trên",
}
