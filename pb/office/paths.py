"""The office's addresses; its pages in several files add themselves here."""

from pb.core.web import Routes

routes = Routes()
