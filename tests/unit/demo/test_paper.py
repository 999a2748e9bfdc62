"""The demo's visitors see pages as people do: forms with what they hold, links, words, and what is wrong."""

from demo.paper import Page

SOURCE = """<!doctype html><html><head><title>Uji</title><style>p{}</style><script>var kode = 1;</script></head><body>
<div class="error-summary" role="alert"><h2>Naskah belum ditandatangani</h2>
<div><a href="#p">Frasa  sandi salah</a></div></div>
<form method="post" action="/t/buka"><input type="hidden" name="csrf_token" value="abc&amp;d">
<input type="checkbox" name="consent_read" checked><input type="checkbox" name="consent_authority">
<input name="passphrase" type="password" value="jangan"></form>
<a href="/v/kode">Periksa</a><span><b>0123</b>4567<b>89ab</b></span></body></html>"""

PAGE = Page("http://127.0.0.1:1/t", 422, SOURCE)


def test_a_form_holds_its_hidden_fields_and_nothing_that_is_typed() -> None:
    form = PAGE.form("/t/buka")
    assert form is not None
    assert form.method == "post"
    assert form.values == {"csrf_token": "abc&d"}
    assert PAGE.form("/t/lain") is None


def test_a_page_tells_what_is_ticked_and_what_is_wrong() -> None:
    assert PAGE.refused
    assert PAGE.checked("consent_read")
    assert not PAGE.checked("consent_authority")
    assert PAGE.alert == "Naskah belum ditandatangani Frasa sandi salah"


def test_scripts_and_styles_are_no_words_and_a_digest_is_found_in_its_parts() -> None:
    assert "kode = 1" not in PAGE.words
    assert "Periksa" in PAGE.words
    assert PAGE.shows("0123456789ab")
    assert PAGE.links == ["#p", "/v/kode"]
