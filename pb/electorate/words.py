"""The words of this feature's codes."""

from __future__ import annotations

from pb.core.i18n import N_, sentences
from pb.electorate.reading import MOST_COLUMNS, MOST_LINES
from pb.electorate.rules import MOST_PER_HOUSEHOLD

assert (MOST_LINES, MOST_COLUMNS, MOST_PER_HOUSEHOLD) == (200_000, 60, 20)  # as the words say

sentences(
    {
        # the whole file
        "list.spreadsheet": N_("This is a file of a spreadsheet program. Open it there, save it "
                               "as “CSV UTF-8”, and choose the new file."),
        "list.binary": N_("This file holds more than text. Save the table as “CSV UTF-8” and "
                          "choose that file."),
        "list.empty": N_("This file is empty."),
        "list.only_head": N_("This file has a line of headings and nothing under it."),
        "list.broken": N_("This file says that it is %(encoding)s, and is not. Save it afresh as "
                          "“CSV UTF-8”."),
        "list.quotes": N_("A quotation mark in this file is opened and never closed. Save the "
                          "table afresh as “CSV UTF-8”."),
        "list.columns": N_("This file has more than %(most)s columns. Keep those that are needed."),
        "list.too_long": N_("This file has more than 200,000 lines. Divide it."),
        "list.too_big": N_("This file is larger than 12 MB. Divide it."),
        "list.no_file": N_("Choose the file with the table."),
        # a line
        "list.twice": N_("The same voter stands on line %(other)s already."),
        "list.formula": N_("“%(cell)s” begins like a formula. Put the plain text in the cell."),
        "list.unreadable": N_("“%(cell)s” is too long, or has letters that the file lost when it "
                              "was saved."),
        "list.more_cells": N_("This line has %(have)s cells; the headings are %(want)s. Is a comma "
                              "in a name?"),
        "list.no_identifier": N_("There is no identifier on this line."),
        "list.no_address": N_("There is no address on this line."),
        "list.area_unknown": N_("“%(cell)s” is no area of this process."),
        "list.area_missing": N_("This line names no area."),
        "list.email": N_("“%(cell)s” is no mail address."),
        "list.voters": N_("“%(cell)s” is no number of voters from 1 to %(most)s."),
        # acts
        "list.unknown": N_("There is no such list."),
        "list.begun": N_("This list is being put on the roll already, or its file was deleted."),
        "list.basis_needed": N_("Say on which legal basis this list may be used."),
        "list.nothing_sound": N_("There is no sound line to put on the roll."),
        "list.faults_left": N_("Some lines are faulty. Put them right in the file, or tick that "
                               "they are to be left out."),
        "list.rule_read": N_("Confirm that the list may be used for this."),
        "list.put": N_("The list is being put on the roll."),
        "list.asked": N_("Asked. The list is put on the roll once a second official confirms it."),
        "list.discarded": N_("The file is deleted."),
        "list.file_gone": N_("The file of this list is deleted, so its codes cannot be made "
                             "again."),
        "act.electorate.add_list": N_("Add a list of voters"),
        "act.electorate.void_entry": N_("Take a voter off the roll"),
        "notice.ways": N_("Who may vote, or how, was changed."),
        "ways.none": N_("Choose at least one way."),
        "links.none": N_("Nobody waits for a mail."),
        "links.sending": N_("The mails are on their way."),
        "links.unknown": N_("Nobody on the roll is found by this."),
        "links.several": N_("Several voters share this. Use the identifier or the code."),
        "links.resent": N_("A new link is on its way. The earlier ones no longer work."),
        "roll.gone": N_("This voter is off the roll already."),
        "roll.kept": N_("The roll of this process is still kept."),
        "entry.void_asked": N_("Asked. The voter is off the roll once a second official confirms "
                               "it."),
        # declarations
        "declared.not_here": N_("Nobody joins this vote by declaring where they live."),
        "declared.used": N_("This link was used, and you are on the roll. Ask for a link to your "
                            "ballot by your mail address."),
        "declared.decided": N_("Somebody was faster: this has been decided."),
        "declared.in": N_("You are on the roll."),
        "declared.accepted": N_("On the roll. A mail with the link is on its way."),
        "declared.refused": N_("Not on the roll. A mail gives the reason."),
    }
)
