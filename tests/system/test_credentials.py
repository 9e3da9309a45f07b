"""Passwords in addresses stay out of what is said."""

import pytest

from playground.system.credentials import without_secrets


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cannot reach http://me:geheim@host:80/x", "cannot reach http://***@host:80/x"),
        ("http://me:ge@he/im@host refused", "http://***@host refused"),
        ("postgresql://host/db?sslpassword=geheim&x=1", "postgresql://host/db?sslpassword=***&x=1"),
        ("No module named 'psycopg2'", "No module named 'psycopg2'"),
    ],
)
def test_they_are_cut_out_of_addresses(text: str, said: str) -> None:
    assert without_secrets(text) == said


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("invalid literal for int(): 'heim@host'", "postgresql://me:ge/heim@host:x/db"),
        ("no user with geheim#1", "mysql://me:geheim%231@host/db"),
        ("no user with geheim%231", "mysql://me:geheim%231@host/db"),
        ("option geheim is unknown", "mysql://host/db?ssl=geheim"),
    ],
)
def test_a_reason_that_quotes_one_is_left_out(text: str, address: str) -> None:
    assert without_secrets(text, address) == "the reason is not shown, for it quotes a password"


def test_those_of_proxies_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://me:geheim@host:x")
    assert "geheim" not in without_secrets("nonnumeric port: 'geheim@host'")


def test_the_file_of_a_database_is_no_secret() -> None:
    assert without_secrets("unable to open /home/me@work/db", "sqlite:////home/me@work/db").endswith("work/db")
