"""The screens: the facilitator's one, and those that come in by a code."""

from __future__ import annotations

from deliberation.room import console, interests, missed, notes, screens, votes
from pb.core.web import Routes

routes = Routes()
routes.pages += console.routes.pages + screens.routes.pages + notes.routes.pages
routes.pages += votes.routes.pages + interests.routes.pages + missed.routes.pages
