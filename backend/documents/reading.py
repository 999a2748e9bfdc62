"""Reading view: the blocks of a document as HTML for phones and screen readers, and as plain words.

Both come from the blocks that the PDF was typeset from; a test holds that their words are the PDF's.
"""

import re
from html import escape

from backend.documents.blocks import Block, Run, mark, text_of

TAGS = {"b": ("<strong>", "</strong>"), "i": ("<em>", "</em>"), "bi": ("<strong><em>", "</em></strong>")}
ARTICLE = re.compile(r"Pasal (\d+)")


def to_html(blocks: list[Block]) -> str:
    """Return escaped, semantic HTML without scripts, styles or images; the page around it brings the rest."""
    return "\n".join(_html(block) for block in blocks)


def plain_words(blocks: list[Block]) -> list[str]:
    """Return the words of a document in reading order, the marks of its lists among them."""
    return [word for block in blocks for text in _texts(block) for word in text.split()]


def _html(block: Block) -> str:
    kind = block["kind"]
    if kind == "heading":
        lines = "<br>".join(_inline(line) for line in block["lines"])
        article = ARTICLE.fullmatch(text_of(block["lines"][0]))
        anchor = f' id="pasal-{article[1]}"' if article else ""
        return f"<h{block['level']}{anchor}>{lines}</h{block['level']}>"
    if kind == "paragraph":
        return f"<p>{_inline(block['runs'])}</p>"
    if kind == "list":
        tag = "ul" if block["marker"] == "bullet" else "ol"
        items = "".join(f"<li>{to_html(item)}</li>" for item in block["items"])
        return f'<{tag} class="{block["marker"]}">{items}</{tag}>'
    if kind == "table":
        return _table(block)
    return _part(block)


def _part(block: Block) -> str:
    kind = block["kind"]
    if kind == "centred":
        return f'<p class="centred">{"<br>".join(_inline(line) for line in block["lines"])}</p>'
    if kind == "letterhead":
        sides = ("<br>".join(escape(line) for line in block[side]) for side in ("left", "right") if block[side])
        return f'<div class="letterhead">{"".join(f"<p>{side}</p>" for side in sides)}</div>'
    if kind == "signatures":
        slots = (f"<p><strong>{escape(s['party'])},</strong><br>{escape(s['office'])}</p>" for s in block["slots"])
        return f'<div class="signatures">{"".join(slots)}</div>'
    if kind == "verification":
        return f'<p class="verification">{_inline(block["runs"])}</p>'
    return '<hr class="page-break">'


def _table(block: Block) -> str:
    head = "".join(f'<th scope="col">{_inline(cell)}</th>' if cell else "<td></td>" for cell in block["head"])
    rows = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in block["rows"])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _inline(runs: list[Run]) -> str:
    parts = []
    for text, style in runs:
        before, after = TAGS.get(style, ("", ""))
        parts.append(f"{before}{escape(text)}{after}")
    return "".join(parts)


def _texts(block: Block) -> list[str]:
    kind = block["kind"]
    if kind == "list":
        marked = [(mark(block["marker"], n), item) for n, item in enumerate(block["items"])]
        roman = block["marker"] == "roman"
        return [text for sign, item in marked for text in (sign, *_item(item, parties=roman))]
    if kind == "table":
        return [text_of(cell) for row in (block["head"], *block["rows"]) for cell in row]
    if kind == "letterhead":
        return [*block["left"], *block["right"]]
    if kind == "signatures":
        return [text for s in block["slots"] for text in (f"{s['party']},", s["office"], *_duty(s))]
    if "lines" in block:
        return [text_of(line) for line in block["lines"]]
    return [text_of(block["runs"])] if "runs" in block else []


def _item(item: list[Block], *, parties: bool) -> list[str]:
    """Return the texts of a list item; between a party's name and its capacity stands a colon."""
    texts = [_texts(block) for block in item]
    if parties and len(texts) > 1:
        texts.insert(1, [":"])
    return [text for part in texts for text in part]


def _duty(slot: dict[str, object]) -> list[str]:
    return ["Meterai elektronik"] if slot["stamp_duty"] else []
