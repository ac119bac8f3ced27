"""Sentences about TLS: the office's own authority, its certificates, how to install it."""

SENTENCES: dict[str, str] = {
    "config_tls_half": "Tệp cấu hình {path}: web.tls_certificate và web.tls_key phải đi cùng nhau.",
    "config_tls_unreadable": "Không có tệp {path} nêu trong web.tls_certificate hoặc web.tls_key.",
    "tls_exists": "Đã có CA tại {path}; để gia hạn chứng thư hãy chạy: monitor tls renew.",
    "tls_unreadable": "Không đọc được {path}; để tạo CA hãy chạy: monitor init --tls.",
    "tls_not_its_key": "Khoá {path} không phải của CA này.",
    "tls_name_outside": (
        "CA này không được phép ký cho {name}; hãy tạo CA mới: monitor init --tls --name {name}."
    ),
    "tls_bad_name": "{name} không phải tên máy hay địa chỉ IP.",
    "tls_renewed": "Đã gia hạn chứng thư cho {names}, đến {until}; hãy khởi động lại monitor serve.",
    "tls_ends_soon": "Chứng thư sắp hết hạn ({until}); hãy chạy: monitor tls renew.",
    "tls_shown": (
        "Chứng thư cho: {names} (đến {until}).\n"
        "Dấu vân tay SHA-256 của CA – đối chiếu từng ký tự trước khi cài:\n  {fingerprint}\n"
        "Tệp cần chép sang máy người dùng: {authority}"
    ),
    "tls_install_windows": (
        "Windows: mở tệp ca.crt, chọn Install Certificate, Local Machine, Place all certificates in the "
        "following store, Trusted Root Certification Authorities; hoặc chạy với quyền quản trị: "
        "certutil -addstore Root ca.crt. Miền Active Directory: phân phối bằng Group Policy."
    ),
    "tls_install_android": (
        "Android: chép ca.crt vào điện thoại; Cài đặt, Bảo mật, Mã hoá và thông tin đăng nhập, Cài đặt "
        "chứng chỉ, Chứng chỉ CA; chọn tệp ca.crt."
    ),
    "tls_install_firefox": (
        "Firefox có kho riêng: Cài đặt, Quyền riêng tư và bảo mật, Xem chứng chỉ, Cơ quan chứng nhận, Nhập."
    ),
    "tls_keep_key": (
        "Nên cất {path} vào USB để trong tủ khoá: "
        "chỉ cần khi gia hạn (monitor tls renew --authority THƯ_MỤC)."
    ),
}
