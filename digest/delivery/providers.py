"""Mail providers by the domain of an address: their server, and what their users need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.delivery.smtp_settings import Auth, Security

TLS_PORT = 465
BRIDGE_PORT = 1025
"""Where Proton Bridge listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Mail provider: its submission server and what its users need to know."""

    name: str
    domains: tuple[str, ...]
    host: str
    """Empty where the provider takes none."""
    port: int = 587
    hint: str = ""
    """What its users need besides their address."""
    auth: Auth = "auto"

    @property
    def security(self) -> Security:
        """Return how the connection is encrypted on that port."""
        return security_of(self.port)


def security_of(port: int) -> Security:
    """Return how mail servers encrypt on `port`: from the first byte on 465, else by STARTTLS."""
    return "tls" if port == TLS_PORT else "starttls"


PROVIDERS = (
    Provider(
        name="Gmail",
        domains=("gmail.com", "googlemail.com"),
        host="smtp.gmail.com",
        hint="Google wants an app password: https://myaccount.google.com/apppasswords",
    ),
    Provider(
        name="Outlook",
        domains=(
            "outlook.com",
            "outlook.de",
            "outlook.fr",
            "hotmail.com",
            "hotmail.co.uk",
            "hotmail.de",
            "hotmail.fr",
            "hotmail.it",
            "live.com",
            "live.nl",
            "msn.com",
        ),
        host="smtp-mail.outlook.com",
        auth="xoauth2",
        hint="Microsoft takes no passwords here any more, only OAuth tokens: give a command that "
        "prints a token, or send through another account",
    ),
    Provider(
        name="Yahoo",
        domains=("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.in", "ymail.com"),
        host="smtp.mail.yahoo.com",
        port=465,
        hint="Yahoo wants an app password: https://login.yahoo.com/account/security",
    ),
    Provider(
        name="AOL",
        domains=("aol.com", "aim.com"),
        host="smtp.aol.com",
        port=465,
        hint="AOL wants an app password: https://login.aol.com/account/security",
    ),
    Provider(
        name="iCloud",
        domains=("icloud.com", "me.com", "mac.com"),
        host="smtp.mail.me.com",
        hint="Apple wants an app-specific password: https://account.apple.com",
    ),
    Provider(
        name="Fastmail",
        domains=("fastmail.com", "fastmail.fm", "fastmail.de", "sent.com", "messagingengine.com"),
        host="smtp.fastmail.com",
        port=465,
        hint="Fastmail wants an app password: Settings, Privacy & Security, App passwords",
    ),
    Provider(
        name="GMX",
        domains=("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
        host="mail.gmx.net",
        hint="allow POP3 and IMAP first: E-Mail, Einstellungen, POP3/IMAP Abruf",
    ),
    Provider(
        name="GMX",
        domains=("gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "mail.com"),
        host="mail.gmx.com",
        hint="allow POP3 and IMAP first, in the settings of your mailbox",
    ),
    Provider(
        name="web.de",
        domains=("web.de", "email.de"),
        host="smtp.web.de",
        hint="allow POP3 and IMAP first: E-Mail, Einstellungen, POP3/IMAP Abruf",
    ),
    Provider(
        name="Proton Mail",
        domains=("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        host="127.0.0.1",
        port=BRIDGE_PORT,
        hint="Proton Bridge must run here: take the password it shows, export its certificate, "
        "and name that file as ca_file under [smtp]",
    ),
    Provider(name="Posteo", domains=("posteo.de", "posteo.net", "posteo.eu"), host="posteo.de"),
    Provider(
        name="mailbox.org",
        domains=("mailbox.org",),
        host="smtp.mailbox.org",
        hint="with two-factor sign-in, mailbox.org wants an app password",
    ),
    Provider(
        name="Zoho",
        domains=("zoho.com", "zohomail.com"),
        host="smtp.zoho.com",
        hint="with two-factor sign-in, Zoho wants an app password",
    ),
    Provider(
        name="Zoho",
        domains=("zoho.eu", "zohomail.eu"),
        host="smtp.zoho.eu",
        hint="with two-factor sign-in, Zoho wants an app password",
    ),
    Provider(
        name="T-Online",
        domains=("t-online.de", "magenta.de"),
        host="securesmtp.t-online.de",
        port=465,
        hint="Telekom wants the password for e-mail programs, set in the customer centre",
    ),
    Provider(name="freenet", domains=("freenet.de",), host="mx.freenet.de"),
    Provider(name="Runbox", domains=("runbox.com",), host="mail.runbox.com"),
    Provider(name="Disroot", domains=("disroot.org",), host="disroot.org"),
    Provider(name="Infomaniak", domains=("ik.me", "ikmail.com"), host="mail.infomaniak.com"),
    Provider(name="Orange", domains=("orange.fr", "wanadoo.fr"), host="smtp.orange.fr", port=465),
    Provider(name="Free", domains=("free.fr",), host="smtp.free.fr", port=465),
    Provider(name="La Poste", domains=("laposte.net",), host="smtp.laposte.net", port=465),
    Provider(
        name="QQ",
        domains=("qq.com", "foxmail.com"),
        host="smtp.qq.com",
        port=465,
        hint="QQ wants an authorization code: switch SMTP on in the settings of the mailbox",
    ),
    Provider(
        name="NetEase",
        domains=("163.com",),
        host="smtp.163.com",
        port=465,
        hint="NetEase wants an authorization code: switch SMTP on in the settings of the mailbox",
    ),
    Provider(
        name="NetEase",
        domains=("126.com",),
        host="smtp.126.com",
        port=465,
        hint="NetEase wants an authorization code: switch SMTP on in the settings of the mailbox",
    ),
    Provider(
        name="Naver",
        domains=("naver.com",),
        host="smtp.naver.com",
        hint="allow POP3/SMTP first, in the settings of the mailbox",
    ),
    Provider(
        name="Yandex",
        domains=("yandex.com", "yandex.ru", "ya.ru"),
        host="smtp.yandex.com",
        port=465,
        hint="Yandex wants an app password: https://id.yandex.com/security/app-passwords",
    ),
    Provider(
        name="Mail.ru",
        domains=("mail.ru", "inbox.ru", "list.ru", "bk.ru"),
        host="smtp.mail.ru",
        port=465,
        hint="Mail.ru wants a password for external applications",
    ),
    Provider(
        name="Tuta",
        domains=("tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "tutamail.com"),
        host="",
        hint="Tuta lets no program send: name the mail server of another account, or say sendmail",
    ),
)

_BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}


_BY_HOST = {provider.host: provider for provider in reversed(PROVIDERS)}


def provider_at(host: str) -> Provider | None:
    """Return the provider whose server `host` is, None for an unknown one."""
    return _BY_HOST.get(host.lower()) if host else None


def provider_of(address: str) -> Provider:
    """Return the provider of `address`; for a domain of one's own, the server most have."""
    domain = address.rpartition("@")[2].lower()
    if domain == "localhost":
        return Provider(name=domain, domains=(domain,), host=domain, port=25)
    return _BY_DOMAIN.get(domain) or Provider(name=domain, domains=(domain,), host=f"smtp.{domain}")
