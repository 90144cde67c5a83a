"""Nothing of ours can send through the Gmail API: every method of Google's document is tried."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from followupd.adapters.gmail.faults import ForbiddenRequestError
from followupd.adapters.gmail.guard import GOOGLE, Guard
from followupd.adapters.gmail.transport import SignIn, Transport
from tests.fakes.gmail import FakeGmail
from tests.fakes.gmail.schema import document, walk

ALLOWED = {
    "users.getProfile", "users.messages.list", "users.messages.get", "users.messages.attachments.get", "users.history.list",
    "users.drafts.list", "users.drafts.get", "users.drafts.create", "users.drafts.delete", "users.labels.list",
    "users.threads.get", "users.settings.sendAs.list",
}  # fmt: skip
WITH_LABELS = ALLOWED | {"users.labels.create", "users.labels.delete", "users.messages.modify"}


def paths(spec: dict) -> list[str]:
    """Every address under which a method can be reached, its parameters filled in."""
    found = [spec["path"], *(p["path"] for p in spec.get("mediaUpload", {}).get("protocols", {}).values())]
    return ["/" + _filled(path, spec).lstrip("/") for path in found]


def _filled(path: str, spec: dict) -> str:
    for name in spec.get("parameters", {}):
        path = path.replace("{" + name + "}", "me" if name == "userId" else "a1B2-_c")
    return path


def passes(guard: Guard, method: str, url: str, headers: dict | None = None, body: bytes | None = None) -> bool:
    try:
        guard.check(method, url, headers or {}, body)
    except ForbiddenRequestError:
        return False
    return True


@pytest.mark.parametrize(("guard", "allowed"), [(Guard(), ALLOWED), (Guard(labels=True), WITH_LABELS)])
def test_of_all_that_google_offers_only_this_passes(guard: Guard, allowed: set[str]) -> None:
    methods = list(walk(document()))
    passing = {
        m["id"].removeprefix("gmail.") for m in methods for p in paths(m) if passes(guard, m["httpMethod"], GOOGLE + p)
    }
    assert len(methods) > 70
    assert passing == allowed


def test_none_of_it_reaches_the_network_through_the_transport() -> None:
    with FakeGmail() as fake:
        token = fake.sign_in.token()
        transport = Transport(SignIn("personal", lambda: token), Guard(fake.root))
        for spec in walk(document()):
            for path in paths(spec):
                if spec["id"].removeprefix("gmail.") in ALLOWED and not path.startswith(("/upload", "/resumable")):
                    continue
                with pytest.raises(ForbiddenRequestError):
                    transport.request(fake.root + path, spec["httpMethod"], body=b"{}")
        assert fake.requests == 0


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", f"{GOOGLE}/gmail/v1/users/me/drafts/send"),
        ("POST", f"{GOOGLE}/gmail/v1/users/me/drafts/../messages/send"),
        ("POST", f"{GOOGLE}/gmail/v1/users/me/drafts/%2e%2e/messages/send"),
        ("POST", f"{GOOGLE}/gmail/v1/users/me/drafts/"),
        ("POST", f"{GOOGLE}//gmail/v1/users/me/drafts"),
        ("POST", f"{GOOGLE}/upload/gmail/v1/users/me/drafts"),
        ("GET", f"{GOOGLE}/gmail/v1/users/someone@example.org/messages"),
        ("GET", "https://gmail.googleapis.com.evil.example/gmail/v1/users/me/messages"),
        ("GET", "https://dana@gmail.googleapis.com/gmail/v1/users/me/messages"),
        ("GET", "http://gmail.googleapis.com/gmail/v1/users/me/messages"),
        ("GET", f"{GOOGLE}:8443/gmail/v1/users/me/messages"),
        ("POST", f"{GOOGLE}/gmail/v1/users/me/drafts?$httpMethod=PUT"),
        ("POST", f"{GOOGLE}/gmail/v1/users/me/drafts?uploadType=media"),
        ("PUT", f"{GOOGLE}/gmail/v1/users/me/drafts/r1"),
    ],
)
def test_no_way_round(method: str, url: str) -> None:
    assert not passes(Guard(), method, url)


def test_no_other_method_in_disguise() -> None:
    url = f"{GOOGLE}/gmail/v1/users/me/messages"
    assert passes(Guard(), "GET", url)
    assert not passes(Guard(), "GET", url, {"X-HTTP-Method-Override": "POST"})


def batch(*requests: str, kind: str = "application/http") -> tuple[dict[str, str], bytes]:
    parts = "".join(
        f"--b\r\nContent-Type: {kind}\r\nContent-ID: <x + {i}>\r\n\r\n{r}\r\n" for i, r in enumerate(requests)
    )
    return {"content-type": 'multipart/mixed; boundary="b"'}, (parts + "--b--\r\n").encode()


READ = (
    "GET /gmail/v1/users/me/messages/a1?"
    + urlencode({"format": "metadata"})
    + " HTTP/1.1\r\nHost: gmail.googleapis.com\r\n\r\n"
)


@pytest.mark.parametrize(
    ("request_", "passing"),
    [
        (READ, True),
        ("POST /gmail/v1/users/me/messages/send HTTP/1.1\r\n\r\n{}", False),
        ("POST /gmail/v1/users/me/drafts HTTP/1.1\r\n\r\n{}", False),
        ("DELETE /gmail/v1/users/me/drafts/r1 HTTP/1.1\r\n\r\n", False),
        ("GET /gmail/v1/users/me/messages HTTP/1.1\r\nX-HTTP-Method-Override: POST\r\n\r\n", False),
        ("GET /gmail/v1/users/me/settings/filters HTTP/1.1\r\n\r\n", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_a_batch_is_judged_by_its_parts(request_: str, passing: bool) -> None:
    headers, body = batch(READ, request_)
    assert passes(Guard(), "POST", f"{GOOGLE}/batch", headers, body) is passing


def test_a_batch_of_something_else() -> None:
    headers, body = batch(READ, kind="text/plain")
    assert not passes(Guard(), "POST", f"{GOOGLE}/batch", headers, body)
    assert not passes(Guard(), "POST", f"{GOOGLE}/batch", {"content-type": "application/json"}, b"{}")
    assert not passes(Guard(), "POST", f"{GOOGLE}/batch", headers, body.replace(b"--b--", b""))


def test_labels_of_the_system_are_not_touched() -> None:
    guard, url = Guard(labels=True), f"{GOOGLE}/gmail/v1/users/me/messages/t1/modify"
    assert passes(guard, "POST", url, {}, b'{"addLabelIds": ["Label_7"]}')
    assert not passes(guard, "POST", url, {}, b'{"addLabelIds": ["TRASH"]}')
    assert not passes(guard, "POST", url, {}, b'{"removeLabelIds": ["INBOX"]}')


@pytest.mark.parametrize("root", ["http://127.0.0.1:4002", "http://localhost:4002/", "http://[::1]:4002"])
def test_a_stand_in_may_be_on_this_machine(root: str) -> None:
    assert passes(Guard(root), "GET", f"{root.rstrip('/')}/gmail/v1/users/me/profile")
    assert not passes(Guard(root), "GET", f"{GOOGLE}/gmail/v1/users/me/profile")


@pytest.mark.parametrize(
    "root",
    ["http://192.0.2.1:4002", "https://gmail.example", "http://127.0.0.1.evil.example", "http://127.0.0.1/x", "", "x"],
)
def test_and_nowhere_else(root: str) -> None:
    with pytest.raises(ForbiddenRequestError) as raised:
        Guard(root)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("url", "passing"),
    [
        ("https://oauth2.googleapis.com/token", True),
        ("http://127.0.0.1:4002/oauth2/token", True),
        ("http://oauth2.googleapis.com/token", False),
        ("https://token.evil.example/token", False),
    ],
)
def test_tokens_go_to_google_or_nowhere(url: str, passing: bool) -> None:
    if passing:
        Guard().check_token("POST", url)
    else:
        with pytest.raises(ForbiddenRequestError):
            Guard().check_token("POST", url)
