"""What can go wrong for a person, as codes. Sentences come from the catalogue (core/i18n.py)."""

from __future__ import annotations


class AppError(Exception):
    """A refusal with a code, parameters for its sentence, and the HTTP status that fits."""

    status = 422

    def __init__(self, code: str, **parameters: object) -> None:
        self.code = code
        self.parameters = parameters
        super().__init__(code)


class Invalid(AppError):
    """What was sent cannot stand; ``field`` in the parameters names where, if anywhere."""


class NotAllowed(AppError):
    """The person may not do this now."""

    status = 403


class SignInNeeded(NotAllowed):
    """Nobody is signed in: the page leads to the sign-in, and from there back to itself."""


class StepUpNeeded(NotAllowed):
    """The person has to show afresh who they are: the page asks for it and sends the form again."""


class NotFound(AppError):
    status = 404


class Conflict(AppError):
    """Somebody was faster, or the moment has passed."""

    status = 409


class Gone(AppError):
    """A link that was used or has expired."""

    status = 410


class TooMany(AppError):
    """Too many tries; ``seconds`` says how long to wait."""

    status = 429


class Busy(AppError):
    """The database cannot take it now; nothing was saved, and the same again may work."""

    status = 503
