"""Pages that come only after a form was sent: walked through, with a picture at each stop."""

import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pyotp
from playwright.sync_api import Page
from werkzeug.serving import make_server

from docs.screens.routes import empty_app
from docs.screens.shot import ON

Journey = Callable[[Page, str, str], Iterator[str]]
NEW_WORDS = "bon tu khong lien quan"
NOW = datetime(2026, 3, 2, 8, 20, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
"""The moment at which the demo's clock stands."""
MAIN = "main button.btn-main"


def log_in(page: Page, url: str, account: str) -> None:
    """Choose an account of the demo's list."""
    page.goto(f"{url}/dang-nhap")
    with page.expect_navigation() as entered:
        page.locator(f'form:has(input[value="{account}"]) button').click()
    if not entered.value.ok:
        sys.exit(f"{account} cannot log in: {entered.value.status}")


def log_out(page: Page) -> None:
    """Whoever is logged in leaves."""
    page.click("details.account > summary")
    page.click(".account-panel form button")


def refused_log_in(page: Page, url: str, language: str) -> Iterator[str]:
    """A password and a slip that are wrong."""
    page.goto(f"{url}/dang-nhap?mat-khau=")
    page.fill("[name=user_name]", "ai-do")
    page.fill("[name=password]", f"sai-{language}")
    page.click(MAIN)
    yield "dang-nhap-sai"
    page.goto(f"{url}/phieu")
    for name, value in (
        ("user_name", "ai-do"),
        ("token", "ABCD-EFGH"),
        ("password", "ngan"),
        ("again", "dai"),
    ):
        page.fill(f"[name={name}]", value)
    page.click(MAIN)
    yield "phieu-sai"


def new_account(page: Page, url: str, language: str) -> Iterator[str]:
    """A new account: its slip, password, second factor and recovery codes, and logging in with them."""
    name = f"moi.{language}"
    log_in(page, url, "admin")
    page.goto(f"{url}/quan-tri/tai-khoan")
    page.click("details.block > summary")
    page.fill("#user_name", name)
    page.fill("#display_name", "Cán bộ mới")
    page.select_option("#role", "hr")
    page.select_option("#unit", "LG")
    page.click(MAIN)
    yield "phieu-moi"
    token = page.locator("dl code").nth(1).inner_text()
    log_out(page)
    page.goto(f"{url}/phieu")
    for field, value in (
        ("user_name", name),
        ("token", token),
        ("password", NEW_WORDS),
        ("again", NEW_WORDS),
    ):
        page.fill(f"[name={field}]", value)
    page.click(MAIN)
    yield "thiet-lap-xac-thuc"
    secret = page.locator(".key code").inner_text().replace(" ", "")
    page.fill("#code", "000000")
    page.click(MAIN)
    yield "thiet-lap-xac-thuc-sai"
    page.fill("#code", pyotp.TOTP(secret).at(NOW))
    page.click(MAIN)
    yield "ma-du-phong"
    codes = page.locator(".codes code").all_inner_texts()
    page.click("main a.btn-main, main button.btn-main")
    yield from _with_a_factor(page, url, name, codes)


def _with_a_factor(page: Page, url: str, name: str, codes: list[str]) -> Iterator[str]:
    page.goto(f"{url}/tai-khoan")
    yield "tai-khoan-day-du"
    page.goto(f"{url}/tai-khoan/mat-khau")
    page.fill("#old", "khong phai mat khau nay")
    page.fill("#password", "123456")
    page.fill("#again", "123456")
    page.click(MAIN)
    yield "doi-mat-khau-sai"
    page.goto(f"{url}/xac-nhan")
    yield "xac-nhan-ma"
    page.fill("#code", "111111")
    page.click(MAIN)
    yield "xac-nhan-sai"
    log_out(page)
    page.goto(f"{url}/dang-nhap?mat-khau=")
    page.fill("[name=user_name]", name)
    page.fill("[name=password]", NEW_WORDS)
    page.click(MAIN)
    yield "nhap-ma"
    page.fill("#code", "111111")
    page.click(MAIN)
    yield "nhap-ma-sai"
    page.fill("#code", codes[0])
    page.click(MAIN)


def deciding(page: Page, url: str, language: str) -> Iterator[str]:
    """Decisions: one that lacks its reason, several of which each has its own result."""
    log_in(page, url, "head-hcc")
    address = f"{url}/quyet-dinh?chon=HCC010@{ON}&chon=HCC011@{ON}&chon=HCC001@{ON}"
    page.goto(address)
    page.check("[name=quyet-dinh][value=remind]")
    page.click(MAIN)
    yield "quyet-dinh-chua-luu"
    page.goto(address)
    page.check("[name=quyet-dinh][value=ask]")
    page.fill("#ly-do-qd", f"Đề nghị nói rõ ({language}).")
    page.click(MAIN)
    yield "ket-qua-quyet-dinh"


def explaining(page: Page, url: str, language: str) -> Iterator[str]:
    """An explanation that cannot be taken, and one that is sent."""
    log_in(page, url, "staff")
    address = f"{url}/nguoi/XDL025/ngay/{'2026-02-25' if language == 'vi' else '2026-02-24'}/giai-trinh"
    page.goto(f"{address}?loai=forgot")
    page.fill("#loi-giai-trinh", "Tôi có mặt nhưng quên chấm.")
    page.click(MAIN)
    yield "giai-trinh-thieu-gio"
    page.goto(f"{address}?loai=explain")
    page.fill("#loi-giai-trinh", "Tôi đưa con đi cấp cứu, có báo trưởng phòng.")
    page.click(MAIN)
    yield "giai-trinh-da-gui"


def registers(page: Page, url: str, _language: str) -> Iterator[str]:
    """Absences tried before they are entered, one by hand and a file with faults; a meeting without times."""
    log_in(page, url, "hr")
    page.goto(f"{url}/dang-ky/moi?don-vi=XDL")
    page.fill("#ma-khac", "XDL025")
    page.fill("[name=tu]", ON)
    page.fill("[name=van-ban]", "Đơn số 9/ĐNP")
    page.click(MAIN)
    yield "ly-do-xem-truoc"
    page.goto(f"{url}/dang-ky/moi?don-vi=XDL")
    page.click(MAIN)
    yield "ly-do-thieu-nguoi"
    page.goto(f"{url}/dang-ky/tep")
    faulty = "mã cán bộ;loại;từ ngày\nKHONGCO;P;32/13/2026\n".encode()
    page.set_input_files("#tep-excuses", {"name": "don.csv", "mimeType": "text/csv", "buffer": faulty})
    page.click("main section:has(#tep-excuses) button.btn-main")
    yield "so-tep-loi"


def checking(page: Page, url: str, language: str) -> Iterator[str]:
    """An unannounced check: the roll is called and the minutes are written."""
    log_in(page, url, "inspector")
    page.goto(f"{url}/dot-kiem-tra")
    page.click("main details > summary")
    page.select_option("main details [name=don-vi]", "XDL-KT" if language == "vi" else "PTG-KT")
    page.fill("main details [name=can-cu]", "Kế hoạch 12/KH-UBND")
    page.click("main details button.btn-main")
    yield "dang-diem-danh"
    page.goto(f"{page.url}/bien-ban")
    yield "viet-bien-ban"


def importing(page: Page, url: str, _language: str) -> Iterator[str]:
    """A list of staff tried before it is taken in, and one with faults."""
    log_in(page, url, "admin")
    tried = {"tep-xem-truoc": "MOI001,Lê Thị Mới,PTG,Chuyên viên", "tep-loi": "MOI 001,,KHONGCO,"}
    for name, row in tried.items():
        page.goto(f"{url}/thiet-lap/tep/people")
        content = f"code,name,unit,position\n{row}\n".encode()
        file = {"name": "can-bo.csv", "mimeType": "text/csv", "buffer": content}
        page.set_input_files("main [type=file]", file)  # type: ignore[arg-type]  # as its documentation says
        page.click(MAIN)
        yield name


def refusals(page: Page, url: str, language: str) -> Iterator[str]:
    """A form of a page that was open too long, a file that is too large, a defect."""
    log_in(page, url, "head-ptg")
    page.goto(f"{url}/tai-khoan")
    page.locator("[name=csrf_token]").first.evaluate("(one) => { one.value = 'cu' }")
    page.locator("form:has([name=csrf_token][value=cu]) button").first.evaluate("(one) => one.click()")
    page.wait_for_load_state()
    yield "loi-400"
    page.goto(f"{url}/viec-can-lam")
    page.evaluate("""() => {
      const form = document.querySelector("form[method=post]"), field = document.createElement("textarea");
      field.name = "dai"; field.value = "x".repeat(3e6); form.append(field); form.submit();
    }""")
    page.wait_for_load_state()
    page.wait_for_url("**/*")
    yield "loi-413"
    server = make_server("127.0.0.1", 0, empty_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page.goto(f"http://127.0.0.1:{server.server_port}/dang-nhap?lang={language}")
    yield "loi-500"
    server.shutdown()


JOURNEYS: list[Journey] = [
    refused_log_in,
    new_account,
    deciding,
    explaining,
    registers,
    checking,
    importing,
    refusals,
]
