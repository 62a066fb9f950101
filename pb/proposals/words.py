"""The sentences of this feature's codes."""

from __future__ import annotations

from pb.core.i18n import N_, NN_, sentences

STATE_NAMES = {
    "draft": N_("Draft"),
    "published": N_("Open for support"),
    "withdrawn": N_("Withdrawn by its author"),
    "merged": N_("Joined with another idea"),
    "refused": N_("Looked at: cannot be done"),
    "accepted": N_("On its way to the vote"),
}

FIELD_NAMES = {
    "language": N_("Language it is written in"),
    "wish": N_("What would make life here better"),
    "title": N_("Title"),
    "body": N_("The idea in more detail"),
    "area_id": N_("Area"),
    "category_id": N_("Category"),
    "pin": N_("Pin on the map"),
    "place": N_("Place in words"),
    "cost_guess": N_("Guess of the cost"),
    "already_there": N_("What is already there"),
    "can_bring": N_("What you can bring"),
    "photos": N_("Photos"),
}

sentences(
    {
        "idea.not_found": N_("There is no idea with this number."),
        "idea.no_draft": N_("There is no draft of yours at this address. Drafts are kept on the "
                            "device on which they were begun, until you publish them."),
        "idea.not_yours": N_("Only its authors can do this."),
        "idea.published_already": N_("This idea is published. You can still change it from its "
                                     "own page."),
        "idea.lacks_wish": N_("Say what would make life here better."),
        "idea.lacks_title": N_("Give your idea a title."),
        "idea.at_sea": N_("This place is in the sea, or outside the town. Put the pin on the "
                          "town’s own land, or say the place in words."),
        "idea.pin": N_("Point at the map once more, or choose a place from the list."),
        "idea.category_unknown": N_("Choose one of the categories."),
        "idea.too_many_photos": NN_("An idea can have %(num)s photo.",
                                    "An idea can have %(num)s photos at most.", "num"),
        "idea.photo_needed": N_("Choose a photo."),
        "idea.not_open": N_("This idea is not open any more."),
        "idea.own_support": N_("Your own idea needs no support from you."),
        "idea.notice_saved": N_("Your draft is saved."),
        "idea.notice_published": N_("Your idea is published. Thank you."),
        "idea.notice_changed": N_("Your change is published."),
        "idea.notice_same": N_("Nothing was changed."),
        "idea.notice_withdrawn": N_("Your idea is withdrawn. Its page says so."),
        "idea.notice_supported": N_("Your support counts."),
        "idea.notice_unsupported": N_("Your support is taken back."),
        "idea.notice_follows": N_("You get one mail a day at most, when something happens here."),
        "idea.notice_unfollows": N_("You get no more mails about this idea."),
        "idea.notice_dropped": N_("The draft is deleted."),
        "idea.notice_entered": N_("The idea is entered and published."),
        "coauthor.too_many": NN_("%(num)s person can write with you.",
                                 "%(num)s people can write with you at most.", "num"),
        "coauthor.twice": N_("This person is invited already."),
        "coauthor.self": N_("This is your own address."),
        "coauthor.notice_invited": N_("The invitation is on its way by mail."),
        "coauthor.notice_joined": N_("You write this idea together now."),
        "coauthor.notice_declined": N_("You declined. Nothing else happens."),
        "coauthor.notice_removed": N_("This person does not write with you any more."),
        "coauthor.over": N_("This invitation does not wait any more."),
        "category.used": N_("There are ideas in this category. It stays."),
        "merge.too_few": N_("Choose at least two ideas."),
        "merge.into": N_("Choose the idea that stays; it has to be one of those that you join."),
        "merge.waiting": N_("One of these ideas is already asked about. Wait for its answers, or "
                            "take that question back."),
        "merge.closed": N_("One of these ideas is not open any more."),
        "merge.over": N_("This question is settled."),
        "merge.not_asked": N_("You are not asked about this."),
        "merge.notice_asked": N_("The authors are asked. You see their answers here."),
        "merge.notice_done": N_("All agreed: the ideas are one now."),
        "merge.notice_taken_back": N_("The question is taken back."),
        "merge.notice_yes": N_("Your answer is kept. The ideas become one when all have agreed."),
        "merge.notice_no": N_("Your answer is kept. The ideas stay apart."),
        "package.too_few": N_("Choose at least two ideas, by their boxes or by the corners of a "
                              "rectangle."),
        "package.taken": N_("One of these ideas belongs to another package."),
        "package.notice_made": N_("The package is made, and every author is told."),
        "package.notice_undone": N_("The package is undone."),
        "news.published": N_("It was published."),
        "news.edited": N_("Its authors changed the text."),
        "news.comments": NN_("%(num)s new comment.", "%(num)s new comments.", "num"),
        "news.withdrawn": N_("Its author withdrew it."),
        "news.merged": N_("It was joined with another idea."),
        "news.joined": N_("Another idea was joined with it."),
        "news.packaged": N_("The council looks at it together with its neighbours."),
        "news.accepted": N_("The council says that it can be done."),
        "news.refused": N_("The council says that it cannot be done."),
    }
)
