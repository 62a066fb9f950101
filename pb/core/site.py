"""One running installation: settings, database and the tools that hang on them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pb.core.clock import Clock, of_database
from pb.core.database import Database
from pb.core.i18n import LANGUAGES, Reader, Translations
from pb.core.runner import Runner
from pb.core.security import Rates, Secrets
from pb.core.storage import Storage
from pb.core.templates import Templates
from pb.settings import Settings


class Site:
    """What entrypoints (web, worker, command line) build once and hand on."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.database = Database(settings.database_url, settings.threads)
        self.clock = clock or of_database(self.database)
        self.work = Runner(self, self.database)
        self.secrets = Secrets(settings.secret_key, self.clock)
        self.storage = Storage(settings.data / "files")
        self.rates = Rates()
        self.translations = {language: Translations(language) for language in LANGUAGES}
        self.templates = Templates(self.translations, reload=settings.demo)

    def reader(
        self,
        language: str,
        *,
        theme: str = "auto",
        zone: str = "Europe/London",
        languages: tuple[str, ...] = LANGUAGES,
    ) -> Reader:
        return Reader(language, self.translations[language], theme, ZoneInfo(zone), languages)

    def close(self) -> None:
        self.work.close()
        self.database.close()
