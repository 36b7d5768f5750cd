"""What every answer carries, and what no view ever sees."""

import pytest

PAGES = ["/sign-in", "/health", "/no-such-page", "/"]


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_guarded(client, page):
    headers = client.get(page).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers
    assert "charset" in headers["Content-Type"] or headers["Content-Type"] == "application/json"


def test_over_https_the_browser_is_told_to_stay_there(client):
    assert (
        "max-age=31536000" in client.get("/sign-in", base_url="https://localhost").headers["Strict-Transport-Security"]
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
    ],
)
def test_another_sites_post_is_refused(client, headers):
    assert client.post("/language", data={"language": "en"}, headers=headers).status_code == 403


def test_a_nul_in_an_address_is_a_bad_request(client):
    assert client.get("/sign-in?next=%00").status_code == 400


def test_a_post_without_a_token_is_refused_and_told_what_to_do(app):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/language", data={"language": "en"})
    assert answer.status_code == 400
    assert "刷新" in answer.text


def test_a_part_of_a_body_without_a_name_is_a_bad_request(client):
    part = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    answer = client.post("/language", data=part, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
