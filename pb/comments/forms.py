"""What somebody says, and the words of this feature's codes."""

from __future__ import annotations

from pb.core.forms import Form, Longest, ProseField, Required
from pb.core.i18n import N_, sentences

sentences(
    {
        "comment.gone": N_("This comment is not there any more."),
        "comment.notice_made": N_("Your comment is published."),
        "comment.notice_held": N_("A moderator looks at your comment before it is shown."),
        "comment.notice_removed": N_("Your comment is taken away."),
    }
)


class CommentForm(Form):
    text = ProseField(
        N_("What do you want to say?"),
        [Required(N_("Write your comment.")), Longest(2000)],
        description=N_("Speak about the idea, as you would to a neighbour. In English or Welsh."),
    )
