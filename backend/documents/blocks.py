"""Blocks: reads filled Markdown into the content of a document, plain JSON that the PDF and the reading view share.

Kinds: heading(level, lines), paragraph(runs), list(marker, items), table(align, head, rows), centred(lines), and the
parts letterhead, signatures, verification, page-break. A run is [text, style], style being "", "b", "i" or "bi".
"""

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Block = dict[str, Any]
Run = list[str]
FORBIDDEN = ("link", "image", "autolink", "html_inline", "html_block", "reference", "code", "fence", "backticks", "hr")
# The CommonMark marker written by words.MARKS, and the mark that a drafter wrote and the page prints.
MARKERS = {")": "ayat", ".": "number", "+": "letter", "-": "roman", "*": "bullet"}
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable(list(FORBIDDEN))


def parse(markdown: str, parts: dict[str, Block]) -> list[Block]:
    """Return the blocks of filled words; a paragraph `::name::` that the drafter wrote becomes `parts[name]`."""
    tree = SyntaxTreeNode(PARSER.parse(markdown))
    return [block for node in tree.children for block in _blocks(node, parts)]


def mark(marker: str, index: int) -> str:
    """Return what is printed before item `index` (from 0) of a list: `(1)`, `1.`, `a.`, `I.` or a bullet."""
    return {
        "ayat": f"({index + 1})",
        "number": f"{index + 1}.",
        "letter": f"{chr(ord('a') + index % 26)}.",
        "roman": f"{ROMAN[index % len(ROMAN)]}.",
    }.get(marker, "•")


def text_of(runs: list[Run]) -> str:
    """Return the text of runs without their styles."""
    return "".join(text for text, _ in runs)


def _blocks(node: SyntaxTreeNode, parts: dict[str, Block]) -> list[Block]:
    if node.type == "heading":
        return [{"kind": "heading", "level": int(node.tag[1]), "lines": _lines(node)}]
    if node.type == "paragraph":
        return [_paragraph(node, parts)]
    if node.type in ("ordered_list", "bullet_list"):
        items = [[b for child in item.children for b in _blocks(child, parts)] for item in node.children]
        return [{"kind": "list", "marker": MARKERS[node.markup], "items": items}]
    if node.type == "table":
        return [_table(node)]
    if node.type == "blockquote":
        return [{"kind": "centred", "lines": [line for child in node.children for line in _lines(child)]}]
    raise ValueError(f"no block for {node.type}")


def _paragraph(node: SyntaxTreeNode, parts: dict[str, Block]) -> Block:
    # The raw text is asked: a value that says `::kop::` stands there escaped and stays a text.
    raw = node.children[0].content
    for name, part in parts.items():
        sign = f"::{name}::"
        if raw.startswith(sign):
            runs = _joined(_lines(node))
            runs[0][0] = runs[0][0].removeprefix(sign).lstrip()
            rest = [run for run in runs if run[0]]
            return {**part, "runs": rest} if rest else part
    return {"kind": "paragraph", "runs": _joined(_lines(node))}


def _table(node: SyntaxTreeNode) -> Block:
    head, *body = node.children
    cells = head.children[0].children
    align = [str(cell.attrs.get("style", "text-align:left")).partition(":")[2] for cell in cells]
    rows = [[_joined(_lines(cell)) for cell in row.children] for part in body for row in part.children]
    return {"kind": "table", "align": align, "head": [_joined(_lines(cell)) for cell in cells], "rows": rows}


def _joined(lines: list[list[Run]]) -> list[Run]:
    runs: list[Run] = []
    for line in lines:
        runs += [[" ", ""], *line] if runs else line
    return _merged(runs)


def _lines(node: SyntaxTreeNode) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for inline in node.children:
        _collect(inline, "", lines)
    return [_merged(line) for line in lines]


def _collect(node: SyntaxTreeNode, style: str, lines: list[list[Run]]) -> None:
    if node.type in ("text", "text_special"):
        lines[-1].append([node.content, style])
    elif node.type in ("softbreak", "hardbreak"):
        lines.append([])
    else:
        added = {"strong": "b", "em": "i"}.get(node.type, "")
        for child in node.children:
            _collect(child, "".join(sorted(set(style + added))), lines)


def _merged(runs: list[Run]) -> list[Run]:
    merged: list[Run] = []
    for text, style in runs:
        if merged and merged[-1][1] == style:
            merged[-1][0] += text
        elif text:
            merged.append([text, style])
    return merged
