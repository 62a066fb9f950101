"""Who may vote: the office's pages and the public's, each in a module of their own."""

from pb.electorate import office, office_lists, office_watch, public
from pb.electorate.paths import routes

__all__ = ["office", "office_lists", "office_watch", "public", "routes"]
