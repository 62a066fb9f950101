"""The feature's routes, filled by ``routes.py`` and ``office.py``."""

from pb.core.web import Routes

routes = Routes()
