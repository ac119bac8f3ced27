"""What a script sees wrong with a page: scrolling sideways, targets too small, words of another language."""

from collections.abc import Iterator

from playwright.sync_api import Page

NARROW = 900
"""Pixels: below it a page is used with a thumb."""
SMALL = """() => [...document.querySelectorAll("a.btn, button, select, input:not([type=hidden]), summary")]
  .filter((one) => one.offsetParent && !one.closest(".visually-hidden"))
  .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
  .filter(([, box]) => box.height > 1 && box.height < 43.5)
  .map(([one, box]) => `${one.tagName} ${one.className || one.name} ${Math.round(box.height)}`).slice(0, 5)"""
LEFT = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, own = node.parentElement.closest("[lang]");
    const seen = node.parentElement.checkVisibility();
    const accents = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i;
    if (seen && own.lang !== "vi" && accents.test(node.data))
      found.push(node.data.trim().slice(0, 50));
  }
  return [...new Set(found)].slice(0, 6);
}"""
CUT = """() => [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).textOverflow === "ellipsis")
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.textContent.trim().slice(0, 40)).slice(0, 4)"""
"""Words that end in an ellipsis."""


def flaws(page: Page, width: int, language: str) -> Iterator[str]:
    """What is wrong with the page at this width."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"sideways by {wide - width}"
    if width < NARROW and (small := page.evaluate(SMALL)):
        yield f"small: {', '.join(small)}"
    if cut := page.evaluate(CUT):
        yield f"cut: {cut}"
    if language == "en" and (left := page.evaluate(LEFT)):
        yield f"Vietnamese: {left}"
