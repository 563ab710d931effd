"""How pages and answers go over the wire: compressed, kept by browsers, and without giving secrets away."""

import gzip
import re

from conftest import Client

PAGES = ("/customers", "/customers?q=a")


def raw(client, url, **headers):
    """The bytes as they came, and the head."""
    answer = client.get(url, headers=headers, stream=True, timeout=60, allow_redirects=False)
    return answer, answer.raw.read(decode_content=False)


def test_who_asks_for_gzip_gets_it_and_who_does_not_pays_nothing(kehu, owner):
    for path in ("/customers", "/api/v1/customers?limit=50", "/api/v1/customers/export?format=csv"):
        packed, small = raw(owner, path, **{"Accept-Encoding": "gzip, deflate, br"})
        plain, large = raw(owner, path, **{"Accept-Encoding": "identity"})
        assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        text = gzip.decompress(small)
        if path != "/customers":
            assert text == large
        assert len(small) < len(large) / 2, path
        for refusal in ("gzip;q=0", "br", "gzip;q=0, *"):
            assert "Content-Encoding" not in raw(owner, path, **{"Accept-Encoding": refusal})[0].headers


def test_the_list_with_all_it_names_is_small_and_asked_for_once(kehu, owner):
    page, small = raw(owner, "/customers", **{"Accept-Encoding": "gzip"})
    total = len(small)
    assets = set(re.findall(r"/assets/[\w.-]+", gzip.decompress(small).decode()))
    assert len(assets) >= 3
    for path in assets:
        answer, body = raw(owner, path, **{"Accept-Encoding": "gzip"})
        assert answer.headers.get("Content-Encoding") == "gzip" or len(body) < 1024
        assert "immutable" in answer.headers["Cache-Control"] and "max-age=31536000" in answer.headers["Cache-Control"]
        total += len(body)
    assert total < 40_000, total


def test_a_page_that_did_not_change_is_not_sent_again(kehu, owner):
    made = owner.post("/api/v1/customers", json={"name": "验收有限公司"})
    assert made.status_code == 201, made.text
    record = f"/customers/{made.json()['id']}"
    for path in ("/customers", record):
        first = owner.get(path)
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = owner.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == tag
    tags = {path: owner.get(path).headers["ETag"] for path in ("/customers", record)}
    # Rows.
    assert owner.patch("/api/v1" + record, json={"name": "验收股份公司"}).ok
    for path, tag in tags.items():
        assert owner.get(path, headers={"If-None-Match": tag}).status_code == 200, path
    # Language.
    tag = owner.get(record).headers["ETag"]
    assert owner.patch("/api/v1/me", json={"language": "en"}).ok
    assert owner.get(record, headers={"If-None-Match": tag}).status_code == 200
    # The definition of the object.
    tag = owner.get(record).headers["ETag"]
    field = "/api/v1/schema/objects/customer/fields/name"
    assert owner.patch(field, json={"label": {"en": "Company name", "zh": "公司名称"}}).ok
    assert owner.get(record, headers={"If-None-Match": tag}).status_code == 200
    assert owner.patch(field, json={"label": {"en": "Name", "zh": "客户名称"}}).ok
    assert owner.patch("/api/v1/me", json={"language": "zh"}).ok


def test_pages_with_secrets_are_neither_compressed_nor_kept(kehu, owner):
    for path in ("/account", "/api/v1/me", "/api/v1/session"):
        answer, _ = raw(owner, path, **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers, path
    assert owner.get("/account").headers["Cache-Control"] == "no-store"
    # Another site cannot measure what its words and ours have in common.
    for site in ("cross-site", "same-site"):
        answer, _ = raw(
            owner, "/customers?q=guess", **{"Accept-Encoding": "gzip", "Sec-Fetch-Site": site}
        )
        assert "Content-Encoding" not in answer.headers, site


def test_the_token_of_forms_differs_with_every_content_and_still_counts(kehu):
    session = Client(kehu.address)
    session.log_in(kehu.email, kehu.password)
    own = session.headers.pop("X-CSRF-Token")
    token = {path: re.search(r'name="_csrf" value="([^"]+)"', session.get(path).text).group(1)
             for path in PAGES}
    assert len(set(token.values())) == len(PAGES)
    for path in PAGES:
        assert own not in session.get(path).text
        done = session.post(
            "/preferences", data={"_csrf": token[path], "density": "compact"}, allow_redirects=False
        )
        assert done.status_code == 303, done.text
    first, second = token.values()
    for wrong in (first[:-1] + ("A" if first[-1] != "A" else "B"), first.split(".")[0] + "." + second.split(".")[1],
                  "." + first.split(".")[1], first.split(".")[0] + ".", ".", ""):
        refused = session.post("/preferences", data={"_csrf": wrong, "density": "compact"},
                               allow_redirects=False)
        assert refused.status_code == 403, wrong
    out = session.post("/logout", data={"_csrf": first}, allow_redirects=False)
    assert out.status_code == 303, out.text
    assert out.headers["Clear-Site-Data"] == '"cache"'
