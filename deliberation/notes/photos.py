"""A photo that a form brings with a note: made safe before it is kept."""

from __future__ import annotations

from starlette.datastructures import UploadFile

from pb.core.web import Request
from pb.projects.pictures import LARGEST_FILE, safe_picture


def photo_of(request: Request) -> str:
    """The key of the photo in the form's field ``photo``; nothing where none was sent.

    Decoded and written afresh: where and when it was taken is gone. Errors: Invalid.
    """
    sent = request.form_data.get("photo") if request.form_data is not None else None
    if not isinstance(sent, UploadFile) or not sent.filename:
        return ""
    content = bytes(sent.file.read(LARGEST_FILE + 1))
    return request.site.storage.save(safe_picture(content), "jpg") if content else ""
