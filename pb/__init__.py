"""The web app. Imports nothing from outside the standard library, so that it can set itself up."""
