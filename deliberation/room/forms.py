"""Forms on the screens of the room, and the sentences of what can go wrong with a note."""

from __future__ import annotations

from pb.core.forms import Form, LineField, Longest, ProseField, Required, written_in
from pb.core.i18n import N_, sentences

sentences(
    {
        "missed.commented": N_("Your comment is with your table and with who leads."),
        "note.client": N_("This note could not be read. Write it again."),
        "note.empty": N_("The note is empty."),
        "note.long": N_("The note is too long: at most %(most)s letters."),
        "note.visibility": N_("Only a juror can keep a note private."),
        "note.unknown": N_("This note is not here."),
        "note.alt": N_("Say in words what the photo shows, for people who do not see it."),
        "note.table": N_("Enter the number of a table, from 1 to %(most)s."),
        "note.item": N_("Choose a part of this session."),
        "note.confirmed": N_("This is confirmed already, or did not come from paper."),
        "note.same_person": N_("You typed this in yourself. Somebody else confirms it."),
        "note.private": N_("A private note is not changed. Write a new one."),
        "note.chosen": N_("Somebody at the table has chosen already."),
        "note.shared": N_("This note is shared already."),
        "steward.came": N_("They are here now."),
        "room.out": N_("This device is no screen of the room any more. Type its code again."),
    }
)


class BroadcastForm(Form):
    words = LineField(N_("Say on every screen"), [Longest(300)])
    written_in = written_in()


class WhisperForm(Form):
    words = ProseField(N_("In plain words"), [Longest(300)])
    written_in = written_in()


class CheckInForm(Form):
    code = LineField(N_("The code on the juror’s paper"),
                     [Required(N_("Enter the code.")), Longest(40)])


class CodeForm(Form):
    code = LineField(N_("Code"), [Required(N_("Enter the code.")), Longest(40)])
