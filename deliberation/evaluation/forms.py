"""Forms of an evaluation, and the sentences of its facts, formulas and refusals."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField

from deliberation.evaluation.checklist import PRINCIPLES
from pb.core.forms import Form, LineField, Longest, ProseField, Required, by_language
from pb.core.i18n import N_, Reader, sentences

sentences(
    {
        "census.line": N_("Line %(line)s: write the trait, the value and a number of people, "
                          "parted by semicolons."),
        "census.twice": N_("Line %(line)s: “%(word)s” is there twice."),
        "census.empty": N_("Enter at least one trait with two values."),
        "census.values": N_("At most %(traits)s traits, each with 2 to %(most)s values."),
        "census.no_pool": N_("This file is not a pool: it needs a heading, an id a row, and a "
                             "column a trait."),
        "census.column": N_("The file has no column for: %(word)s."),
        "census.saved": N_("Saved."),
        "evaluation.nothing": N_("There is no figure yet: nothing was measured."),
        "evaluation.published": N_("The evaluation is published."),
        "checklist.unknown": N_("There is no such principle."),
        "checklist.saved": N_("Saved."),
        "export.unknown": N_("There is no such issue of the files."),
        "export.gone": N_("This issue was replaced by a later one. Its content is gone, its hash "
                          "stays."),
        "export.made": N_("The files are made."),
        "export.reason_first": N_("The first issue."),
        "export.reason_renewed": N_("Made anew by the evaluator, with what has come in since."),
        "export.reason_withdrawn": N_("A juror withdrew their consent: what they had answered is "
                                      "not in it any more."),
        "juror.withdrawn": N_("This juror has withdrawn already."),
        "withdraw.sure": N_("Tick the box if you are sure."),
        "withdraw.done": N_("It is done. Name, needs, notes and answers are gone."),
        "group.pool": N_("Everybody who registered"),
        "group.panel": N_("The jury"),
        "group.participants": N_("Those who came"),
        "formula.likeness": N_(
            "Index of dissimilarity (half the sum of the differences between the shares), worst "
            "ratio (the least share over that of the census), and chi-square, whose p comes from "
            "4,000 random draws where an expected count is below 5."),
        "formula.voice": N_("Gini coefficient of turns and of seconds, with those who said "
                            "nothing, and times n/(n − 1)."),
        "formula.change": N_("Paired answers only: mean change, exact Wilcoxon signed rank test, "
                             "rank-biserial correlation; p is raised for the number of questions "
                             "(Holm)."),
        "formula.supermajority": N_("Four fifths of those eligible and present, rounded up."),
        "formula.slate": N_("A choice of k questions is unfair where at least n/k jurors share "
                            "another question and have none of theirs chosen."),
        "formula.quality": N_("Mean of answers from 0 to 10, shown from 5 answers on."),
        "formula.exit": N_("Mean of answers from 0 to 10, shown from 5 answers on."),
        "formula.accountability": N_("Days from the hand-over to the first reply, and the share "
                                     "answered by the promised day."),
        "formula.attendance": N_("Jurors who came, of all jurors."),
        "principle.purpose": N_("Purpose"),
        "principle.accountability": N_("Accountability"),
        "principle.transparency": N_("Transparency"),
        "principle.representativeness": N_("Representativeness"),
        "principle.inclusiveness": N_("Inclusiveness"),
        "principle.information": N_("Information"),
        "principle.deliberation": N_("Group deliberation"),
        "principle.time": N_("Time"),
        "principle.integrity": N_("Integrity"),
        "principle.privacy": N_("Privacy"),
        "principle.evaluation": N_("Evaluation"),
        "fact.remit": N_("The jury has a clear question, and it is public."),
        "fact.remit_not": N_("The question that the jury answers is not written yet."),
        "fact.promise": N_("Whoever asked has promised a reply to each recommendation by "
                           "%(day)s."),
        "fact.promise_not": N_("There is no promise to reply with a date."),
        "fact.replies": N_("Answered by the promised day: %(some)s of %(all)s."),
        "fact.replies_not": N_("Answered by the promised day: %(some)s of %(all)s. Late or "
                               "missing: %(late)s."),
        "fact.charter": N_("The charter is public, in version %(number)s."),
        "fact.charter_not": N_("There is no charter yet."),
        "fact.draw": N_("The draw’s list is kept under this fingerprint: %(mark)s…"),
        "fact.draw_not": N_("No record of a draw is attached."),
        "fact.by_lot": N_("The jury was drawn by lot. Jurors: %(jurors)s."),
        "fact.by_lot_not": N_("Nothing here shows that the jury was drawn by lot."),
        "fact.compared": N_("It is compared with the census in public. Traits: %(traits)s."),
        "fact.compared_not": N_("It has not been compared with the census in public."),
        "fact.paid": N_("Jurors are paid for their time, and costs of care and travel are met."),
        "fact.paid_not": N_("No payment of jurors is set down here."),
        "fact.needs": N_("Access needs were asked for and are met by the facilitators."),
        "fact.needs_not": N_("No access needs were noted."),
        "fact.languages": N_("Every page is in English and Welsh. Jurors who take part in Welsh: "
                             "%(jurors)s."),
        "fact.witnesses": N_("Parts of the agenda in which the jury heard witnesses: %(number)s."),
        "fact.witnesses_not": N_("The jury has not heard witnesses yet."),
        "fact.evidence": N_("Pieces of evidence: %(pieces)s, from %(stances)s sides."),
        "fact.evidence_not": N_("Pieces of evidence: %(pieces)s, all from one side."),
        "fact.questions": N_("All questions of jurors were answered: %(all)s."),
        "fact.questions_not": N_("Questions of jurors that were answered: %(some)s of %(all)s."),
        "fact.talk": N_("Hours in which jurors talked with each other: %(hours)s."),
        "fact.talk_not": N_("The jurors have not talked with each other yet."),
        "fact.days": N_("Days that the jury has met: %(days)s; hours: %(hours)s."),
        "fact.days_not": N_("Days that the jury has met: %(days)s; hours: %(hours)s. At least "
                            "%(least)s days are asked for."),
        "fact.conflict": N_("A person outside the team is named, to whom jurors can turn."),
        "fact.conflict_not": N_("Nobody is named to whom jurors can turn in a conflict."),
        "fact.interests": N_("Who is too close to a project does not judge it. So declared: "
                             "%(number)s."),
        "fact.privacy": N_("In public a juror is a number. Private votes and surveys are shown as "
                           "sums, and a juror can withdraw at any time."),
        "fact.withdrawn": N_("Jurors who have withdrawn: %(number)s."),
        "fact.published": N_("The evaluation is published."),
        "fact.published_not": N_("No evaluation is published yet."),
        "fact.quality": N_("Jurors who judged the quality of the work: %(number)s."),
        "fact.quality_not": N_("The jurors have not judged the quality of the work yet."),
    }
)


class CensusForm(Form):
    source = LineField(N_("Where these numbers are from"), [Longest(300)])
    lines = ProseField(N_("The town in numbers"), [
        Required(N_("Enter at least one trait with two values.")), Longest(10_000)])


class SureForm(Form):
    sure = BooleanField(N_("Yes, I am sure. I know that this cannot be undone."))

    def validate_sure(self, field: Any) -> None:
        if not field.data:
            self.refuse("sure", "withdraw.sure")


def words_form(reader: Reader) -> type[Form]:
    """A sentence of the organiser's about each principle, in each language."""
    names = {"en": N_("Your own sentence in English"), "cy": N_("Your own sentence in Welsh")}
    return type("WordsForm", (Form,), {
        f"{principle}_{language}": ProseField(names[language], [Longest(600)])
        for principle in PRINCIPLES for language in reader.languages
    })


def words_of(form: Form) -> dict[str, dict[str, str]]:
    """What was written, by principle."""
    return {principle: by_language(form, principle) for principle in PRINCIPLES}
