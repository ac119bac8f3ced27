"""Sentences about running the program: backups, restores, upgrades, the scheduler, the doctor's looks."""

SENTENCES: dict[str, str] = {
    "backup_key_exists": "Đã có tệp {path}; không ghi đè một khoá.",
    "backup_no_key": (
        "Chưa có khoá sao lưu. Hãy tạo: monitor backup --new-key backup.key, rồi ghi key_file = "
        '"backup.key" vào mục [backup], và cất một bản của khoá ở nơi khác.'
    ),
    "backup_key_unreadable": "Không đọc được tệp khoá {path}.",
    "backup_key_short": "Khoá trong {path} quá ngắn: cần ít nhất {least} ký tự.",
    "backup_not_one": "Tệp này không phải bản sao lưu của chương trình.",
    "backup_key_wrong": "Khoá không đúng với bản sao lưu này (hoặc phần đầu tệp đã hỏng).",
    "backup_damaged": "Bản sao lưu bị hỏng hoặc bị cắt cụt; hãy dùng bản khác.",
    "backup_no_room": "Ổ đĩa của {path} thiếu khoảng {mib} MiB để sao lưu.",
    "backup_other_storage": "Bản sao lưu này là của {made}, cơ sở dữ liệu ở đây là {here}.",
    "backup_newer": (
        "Bản sao lưu do phiên bản mới hơn tạo ({program}, cấu trúc {schema}); hãy cài phiên bản đó trước."
    ),
    "backup_unsound": "Bản sao mở được nhưng không khớp: {why}. Bản này không được dùng.",
    "backup_copy_failed": "Đã sao lưu, nhưng không chép được sang {folder} ({why}): ổ đó đã gắn chưa?",
    "backup_running": "Đang có một lần sao lưu khác chạy.",
    "backup_failed": "Không sao lưu được: {why}.",
    "database_in_use": (
        "Cơ sở dữ liệu đang được dùng ({processes}); hãy dừng chương trình (monitor serve) rồi khôi phục."
    ),
    "restore_not_empty": (
        "Ở đây đang có dữ liệu; không có gì thay đổi. Muốn thay bằng bản sao lưu hãy thêm --replace "
        "(dữ liệu cũ vẫn được giữ bên cạnh)."
    ),
    "restore_config_exists": "Đã có {path}; --into cần một thư mục chưa có cấu hình.",
    "restore_no_config": (
        "Bản sao lưu {path} không chứa config.toml; hãy tạo cấu hình rồi khôi phục không dùng --into."
    ),
    "database_on_network_disk": (
        "{path} nằm trên ổ mạng ({disk}): SQLite ở đó có thể hỏng mà không báo. Hãy đặt trên ổ của "
        "chính máy này, hoặc dùng PostgreSQL."
    ),
    "backup_key_made": (
        "Đã tạo khoá {path}. Ghi key_file vào mục [backup] của config.toml, và cất MỘT BẢN KHOÁ Ở NƠI "
        "KHÁC: mất khoá thì không mở được bản sao lưu nào."
    ),
    "backup_made": (
        "Đã sao lưu vào {path}: {rows} dòng, {mib} MiB, đã mở thử và khớp ({seconds} giây). Đầu nhật "
        "ký: {head}"
    ),
    "backup_proven": (
        "Bản sao lưu lúc {made} khôi phục được: {rows} dòng, cấu trúc {schema}, mọi phép kiểm tra đều "
        "khớp ({seconds} giây). Không có gì thay đổi. Đầu nhật ký: {head}"
    ),
    "restored": (
        "Đã khôi phục bản sao lưu lúc {made}: {rows} dòng ({seconds} giây). Mọi người phải đăng nhập "
        "lại; phiếu dùng một lần chưa dùng hết hiệu lực."
    ),
    "restore_former": "Dữ liệu trước đó được giữ tại: {former}",
    "restore_pushing": (
        "Máy tự gửi: {terminals}. Lượt chấm đã nhận sau bản sao lưu có thể không gửi lại; khoảng đó "
        "là “không có dữ liệu”, không ai bị tính vắng. Nếu máy còn giữ, hãy xuất tệp từ máy rồi nhập: "
        "monitor import punches."
    ),
    "restore_cut": (
        "{count} khoảng thời gian do người khai (nhập tệp, coverage.csv) được cắt tại lúc sao lưu; "
        "hãy nhập lại các tệp sau đó."
    ),
    "restore_pull_again": (
        "Bước tiếp theo: monitor pull (đọc lại mọi máy, không lượt nào bị tính hai lần), rồi monitor "
        "serve và monitor doctor."
    ),
    "migrate_copied": "Đã sao lưu trước khi nâng cấp: {path}",
    "migrate_needs_copy": (
        "Chưa nâng cấp: không có bản sao lưu tự động cho PostgreSQL khi thiếu [backup] key_file. Hãy "
        "đặt khoá, hoặc tự sao lưu rồi chạy: monitor migrate --without-backup."
    ),
    "standing_by": "Một bộ lập lịch khác đang chạy ({holder}); chờ để thay khi nó dừng.",
    "lease_lost": "Bộ lập lịch này đã bị thay thế; nó dừng lại, không ghi gì thêm.",
    "job_hung": "Việc nền {job} treo quá {seconds} giây; tiến trình dừng lại để được khởi động lại.",
    "alarm_backup_late": "Đã {hours} giờ chưa có bản sao lưu mới: chạy monitor backup và xem báo lỗi.",
    "alarm_backup_never": "Sao lưu đã bật nhưng chưa có bản nào: chạy monitor backup và xem báo lỗi.",
    "alarm_backup_failed": "Lần sao lưu gần nhất bị lỗi ({error}): chạy monitor backup để xem chi tiết.",
    "alarm_scheduler_silent": (
        "Bộ lập lịch không hoạt động từ {minutes} phút nay: không máy nào được đọc, không gì được "
        "tính lại. Hãy khởi động lại dịch vụ (monitor serve)."
    ),
    "doctor_disk": (
        "Ổ đĩa của {path} chỉ còn {mib} MiB: hãy dọn bớt hoặc chuyển dữ liệu, nếu đầy thì không nhận "
        "được lượt chấm."
    ),
    "doctor_damaged": (
        "Cơ sở dữ liệu bị hỏng ({why}): dừng chương trình, giữ nguyên tệp, khôi phục bản sao lưu gần "
        "nhất (monitor restore)."
    ),
    "doctor_journal": (
        "Chế độ ghi của SQLite là {mode}, cần {wanted} cho bản SQLite {version}: khởi động lại chương trình."
    ),
    "doctor_journal_grows": (
        "Tệp nhật ký ghi {path} đã tới {mib} MiB và không được thu gọn: có tiến trình đọc mãi không dừng. "
        "Hãy khởi động lại chương trình, nếu không ổ đĩa sẽ đầy."
    ),
    "months_missing": (
        "Các bảng {tables} chưa có phân vùng cho tháng sau: việc nền make_months chưa tạo được. Hãy tìm "
        "phiên PostgreSQL giữ khoá quá lâu. Không dòng nào bị mất: chúng vào phân vùng mặc định."
    ),
    "doctor_outside_months": (
        "{rows} dòng của bảng {table} không thuộc tháng nào (giờ vô lý, hoặc tháng đó chưa được tạo). "
        "Chúng vẫn được dùng như mọi dòng khác."
    ),
    "doctor_backup_off": (
        "Chưa bật sao lưu: tạo khoá bằng monitor backup --new-key backup.key và ghi key_file vào mục "
        "[backup]."
    ),
    "doctor_backup_one_disk": (
        "Bản sao lưu chỉ nằm trên một nơi ({path}): đặt copy_to trong mục [backup] sang ổ khác hoặc máy khác."
    ),
    "doctor_tls_ends": (
        "Chứng thư TLS hết hạn {until}: chạy monitor tls renew (hoặc thay chứng thư) rồi khởi động lại."
    ),
    "doctor_restored": (
        "Đã khôi phục từ bản sao lưu lúc {made}; chưa đọc lại các máy: {terminals}. Chạy: monitor pull."
    ),
    "doctor_network_disk": (
        "Cơ sở dữ liệu nằm trên ổ mạng ({disk}) vì cấu hình cho phép; có thể hỏng bất cứ lúc nào. Hãy "
        "chuyển về ổ của máy này."
    ),
    "doctor_no_wall": (
        "Chương trình nối vào PostgreSQL bằng vai trò sở hữu các bảng nên lớp chặn thứ hai (chính sách từng "
        "dòng) không có tác dụng: tạo các vai trò bằng monitor database roles và đổi [database] url."
    ),
    "doctor_unreachable": (
        "Cơ sở dữ liệu không trả lời ({why}): máy chủ PostgreSQL có chạy không, hay một "
        "tiến trình khác đang giữ tệp?"
    ),
    "init_backup": (
        "Sao lưu tự động mỗi đêm vào {folder}. Hãy chép khoá {key} ra nơi khác NGAY: mất "
        "khoá thì không mở được bản sao lưu nào."
    ),
    "move_only_to_postgresql": (
        "Chỉ chuyển được từ SQLite sang PostgreSQL: --to postgresql+psycopg://NGUOIDUNG@MAYCHU/CSDL."
    ),
    "move_not_empty": (
        "Cơ sở dữ liệu đích không trống ({tables} bảng, trong đó có {first}); không có gì thay đổi. Hãy tạo "
        "một cơ sở dữ liệu mới, trống."
    ),
    "move_server_old": "Máy chủ là PostgreSQL {server}; cần từ {oldest} trở lên.",
    "move_encoding": "Cơ sở dữ liệu đích dùng mã {encoding}; hãy tạo lại với ENCODING 'UTF8'.",
    "move_failed": "Không chuyển được ({why}); cơ sở dữ liệu đích vẫn trống, bên này không đổi.",
    "move_unequal": (
        "Bảng {table} ở bên kia không bằng bên này ({here} và {there} dòng); đã bỏ bản chép, không có gì đổi."
    ),
    "move_unsound": "Bản chép không khớp: {why}. Đã bỏ bản chép, không có gì thay đổi.",
    "moved": (
        "Đã chuyển {rows} dòng của {tables} bảng sang PostgreSQL ({seconds} giây). Từng bảng bằng nhau về số "
        "dòng và SHA-256; nhật ký và các tháng đã chốt đều khớp. Đầu nhật ký khi chuyển: {head}"
    ),
    "move_rehearsed": (
        "Diễn tập: {rows} dòng của {tables} bảng chép được và bằng nhau ({seconds} giây). Bản chép đã bỏ, "
        "không có gì thay đổi. Đầu nhật ký: {head}"
    ),
    "move_next": (
        "Việc tiếp theo: ghi url mới vào mục [database] của config.toml, chạy monitor doctor, rồi monitor "
        "serve. Tệp SQLite cũ không đổi: hãy cất đi, đừng chạy chương trình với nó nữa."
    ),
    "fanout_not_installed": (
        "[fanout] scheduler cần phần cài thêm “scale” (dask, distributed); hãy cài, hoặc để trống khoá này."
    ),
}
