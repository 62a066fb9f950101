"""The feature's routes; the modules beside this one fill them."""

from pb.core.web import Routes

routes = Routes()
