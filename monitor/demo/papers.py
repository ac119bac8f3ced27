"""A paper for the demo's explanations: one page of PDF, made here so that no file has to be shipped."""

LINES = ("GIAY XAC NHAN", "Duong vao co quan bi ngap tu 6:30 den 8:00.", "(Giay to mau cua ban thu nghiem)")
"""Without accents: the fonts that every reader has lack them."""


def confirmation() -> bytes:
    """The page, with the table of places that a PDF ends with."""
    shown = " T* ".join(f"({line.replace('(', '').replace(')', '')}) Tj" for line in LINES)
    drawing = f"BT /F1 16 Tf 24 TL 60 760 Td {shown} ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
    )
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return content + end % (count, table, count, len(content))
