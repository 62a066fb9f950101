"""The words of translations' codes."""

from __future__ import annotations

from pb.core.i18n import N_, NN_, Reader, sentences

STATE_NAMES = {
    "missing": N_("Not translated"), "changed": N_("Text changed since"), "draft": N_("Draft"),
    "done": N_("Translated"), "checked": N_("Translated and checked"),
    "own": N_("Written in both languages"),
}


def language_name(reader: Reader, language: str) -> str:
    """The name of a language in the reader's own: "Welsh", "Saesneg"."""
    return str(reader.locale.languages[language])


sentences(
    {
        "translation.gone": N_("This text is not there any more."),
        "translation.empty": N_("Write the translation."),
        "translation.too_long": NN_(
            "This is %(over)s character too long. At most %(most)s characters fit.",
            "This is %(over)s characters too long. At most %(most)s characters fit.", "over"
        ),
        "translation.source_changed": N_("The text was changed while you wrote. Yours is kept "
                                         "here. Look at the new text, then save again."),
        "translation.taken": N_("%(by)s saved a translation of this meanwhile. Yours is kept "
                                "here. Look at theirs, then save again if yours is better."),
        "translation.state": N_("Save it as a draft, or as finished."),
        "translation.locked": N_("People vote on this now. Its texts stay as they are."),
        "translation.not_done": N_("There is no finished translation to check."),
        "translation.same_person": N_("You translated this yourself. Another person has to check "
                                      "it."),
        "translation.table_old": N_("A text was changed while you looked at the table. Nothing "
                                    "was taken in. Send the table again."),
        "translation.saved": N_("Saved."),
        "translation.all_done": N_("Saved. Nothing else waits in this list."),
        "translation.checked": N_("Marked as checked."),
        "translation.taken_in": N_("The table is taken in."),
        "table.too_large": N_("The file is too large. Send it in parts of fewer lines."),
        "table.encoding": N_("The letters of this file cannot be read. Save it as “CSV UTF-8” and "
                             "send it again."),
        "table.columns": N_("The first line has to name the columns Key, Translation and Mark, as "
                            "in the table that you fetched here."),
        "table.broken": N_("This line cannot be read as a table."),
        "table.key": N_("No text has the key “%(key)s”."),
        "table.twice": N_("This text stands in line %(line)s already."),
        "table.source_changed": N_("The text was changed since the table was fetched. Fetch it "
                                   "again for this line."),
        "table.too_long": NN_("The translation is %(over)s character too long.",
                              "The translation is %(over)s characters too long.", "over"),
        "table.state": N_("The state “%(state)s” is not known. Write “draft” or “done”, or leave "
                          "it empty."),
        "table.no_file": N_("Choose a file."),
        "table.nothing": N_("Nothing in this table is new."),
    }
)
