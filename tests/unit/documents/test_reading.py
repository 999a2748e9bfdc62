"""The reading view says what the PDF says, in elements that a screen reader knows."""

from backend.documents import blocks, reading, words

SOURCE = """\
NOTA KESEPAKATAN
ANTARA {{ nama }}
===

Pasal 1
MAKSUD DAN *TUJUAN*
---

(1) Pertama {{ nama }}:

    a. satu; dan
    b. **dua**.

| No. | Nama |
|:---:|:---|
| 1. | {{ nama }} |
"""


def test_blocks_become_headings_lists_and_tables_with_escaped_names() -> None:
    html = reading.to_html(blocks.parse(words.fill(SOURCE, {"nama": '<b>&"x'}), {}))
    assert "<h1>NOTA KESEPAKATAN<br>ANTARA &lt;b&gt;&amp;&quot;x</h1>" in html
    assert '<h2 id="pasal-1">Pasal 1<br>MAKSUD DAN <em>TUJUAN</em></h2>' in html
    assert '<ol class="ayat"><li><p>Pertama ' in html
    assert '<ol class="letter"><li><p>satu; dan</p></li><li><p><strong>dua</strong>.</p></li></ol>' in html
    assert '<th scope="col">Nama</th>' in html
    assert "<b>" not in html


def test_plain_words_hold_the_marks_of_lists() -> None:
    told = " ".join(reading.plain_words(blocks.parse(words.fill(SOURCE, {"nama": "X"}), {})))
    assert "(1) Pertama X: a. satu; dan b. dua. No. Nama 1. X" in told
