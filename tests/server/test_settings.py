"""Who may vouch for people is set by two variables that go together, and believed over https only."""

import pytest

from server.settings import Settings, SettingsError


def settings(issuer: str, audience: str) -> Settings:
    return Settings.from_env({"OIDC_ISSUER": issuer, "OIDC_AUDIENCE": audience, "SPRINGTIDE_DATA_DIR": "/nowhere"})


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example.com",
        "https://login.example.com/",
        "https://login.example.com:8443/realms/main",
        "http://localhost:9000",
        "http://127.0.0.1:9000/x",
        "http://[::1]:9000",
    ],
)
def test_an_issuer_and_an_audience_are_taken_as_they_are(issuer: str) -> None:
    found = settings(issuer, "springtide")
    assert (found.oidc_issuer, found.oidc_audience) == (issuer, "springtide")


def test_without_both_tokens_are_the_only_way_in() -> None:
    found = settings("", " ")
    assert (found.oidc_issuer, found.oidc_audience) == (None, None)


@pytest.mark.parametrize(
    ("issuer", "audience", "says"),
    [
        ("https://login.example.com", "", "OIDC_AUDIENCE: missing, as OIDC_ISSUER is there; write both or neither"),
        ("", "springtide", "OIDC_ISSUER: missing, as OIDC_AUDIENCE is there; write both or neither"),
        ("http://login.example.com", "x", "OIDC_ISSUER: an issuer is believed over https only"),
        ("http://127.0.0.1.example.com", "x", "OIDC_ISSUER: an issuer is believed over https only"),
        ("ftp://localhost", "x", "OIDC_ISSUER: an issuer is believed over https only"),
        ("login.example.com", "x", "OIDC_ISSUER: 'login.example.com' is no issuer"),
        ("https://", "x", "OIDC_ISSUER: 'https://' is no issuer"),
        ("https://[::1", "x", "OIDC_ISSUER: 'https://[::1' is no issuer"),
        ("https://login.example.com:port", "x", "is no issuer"),
        ("https://login.example.com?a=b", "x", "is no issuer"),
        ("https://login.example.com#a", "x", "is no issuer"),
    ],
)
def test_what_is_no_issuer_says_what_to_write(issuer: str, audience: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(issuer, audience)
    assert says in str(caught.value)


def test_a_password_in_an_issuers_address_is_not_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        settings("https://user:secret@login.example.com", "x")
    assert "secret" not in str(caught.value)
