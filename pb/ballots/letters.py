"""What is handed out of a batch of codes: a table for the printer's, or letters with a square to
scan. Made from the codes while an official has them on the screen; nothing of it is kept."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from pb.ballots.models import AccessCode, CodeBatch
from pb.ballots.services import FIND, codes_for, link_token
from pb.core.i18n import Reader
from pb.core.security import spaced
from pb.core.web import Request
from pb.processes.models import Council, Process

KEPT_SECONDS = 3600
"""How long the page of new codes can be turned into letters; after that the codes are gone."""


@dataclass(frozen=True)
class Letter:
    """One voter's code, as it is printed, and the single-use link."""

    code: str
    link: str

    @property
    def square(self) -> Markup:
        """The link as a QR code, drawn in SVG without any style of its own."""
        import segno  # only here: starting must be quick

        return Markup(
            segno.make(self.link, error="m", micro=False).svg_inline(
                border=0, unit=None, omitsize=True, svgclass="qr", lineclass=None
            )
        )


def seal(request: Request, batch_id: int, seed: str) -> str:
    """What the page of new codes carries, so that its buttons can make the codes again."""
    return request.site.secrets.sign("codes", [batch_id, seed])


def unseal(
    request: Request, process: Process, sealed: str
) -> tuple[CodeBatch, list[Letter]] | None:
    """The batch with its letters, in the order of the codes; None when that page is too old."""
    value = request.site.secrets.unsign("codes", sealed, KEPT_SECONDS)
    batch = request.session.get(CodeBatch, value[0]) if value else None
    if batch is None or batch.process_id != process.id:
        return None
    keys = request.site.secrets
    rows = request.session.scalars(
        select(AccessCode).where(AccessCode.batch == batch.id).order_by(AccessCode.id)
    ).all()
    codes = codes_for(keys, value[1], batch.size)
    if [row.find for row in rows] != [code[:FIND] for code in codes]:
        return None
    return batch, [
        Letter(
            spaced(code),
            request.full_link("vote_link", slug=process.slug, token=link_token(keys, row)),
        )
        for code, row in zip(codes, rows, strict=True)
    ]


def as_csv(letters: list[Letter], head: tuple[str, str]) -> str:
    """A table with a row for each voter; with a byte order mark, which spreadsheets want."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows((letter.code, letter.link) for letter in letters)
    return "\ufeff" + text.getvalue()


def words(reader: Reader, process: Process, council: Council) -> dict[str, str]:
    """What a letter says, in one language."""
    _ = reader._
    closes_at = next((one.closes_at for one in process.phases if one.kind == "voting"), None)
    when = reader.datetime(closes_at) if closes_at else ""
    return {
        "language": reader.language,
        "council": reader.plain(council.name),
        "title": _("Your vote: %(process)s", process=reader.plain(process.name)),
        "how": _("Point your telephone’s camera at the square, or go to the address and type the "
                 "code."),
        "until": _("You can vote, and change your vote, until %(when)s.", when=when)
        if when else "",
        "yours": _("The code is yours alone. The square works once, the code until the vote "
                   "closes."),
        "phone": _("Phone: %(phone)s", phone=council.phone) if council.phone else "",
    }
