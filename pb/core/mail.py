"""Sending mail: by SMTP, or into a folder of .eml files where no server is set."""

from __future__ import annotations

import itertools
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pb.settings import Settings

_NUMBERS = itertools.count(1)


def compose(
    settings: Settings, *, to: str, sender_name: str, subject: str, text: str, html: str,
    language: str,
) -> EmailMessage:
    """A mail in text and HTML. Line breaks in a subject cannot smuggle headers: they are folded."""
    message = EmailMessage()
    message["From"] = f'"{sender_name.replace(chr(34), "")}" <{settings.mail_from}>'
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rsplit("@", 1)[-1])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    message["Content-Language"] = language  # before that it would go to the first part
    return message


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand a mail over. Errors: smtplib.SMTPException, OSError; the job tries again."""
    if not settings.smtp_url:
        folder = settings.data / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        _free_path(folder).write_bytes(bytes(message))
        return
    url = urlsplit(settings.smtp_url)
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=30, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=30)
    with server:
        if (url.scheme == "smtp" and server.has_extn("starttls")) or url.query == "starttls":
            server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _free_path(folder: Path) -> Path:
    while True:
        path = folder / f"{next(_NUMBERS):05d}.eml"
        if not path.exists():
            return path
