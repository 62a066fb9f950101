"""The run-sheets of two juries, played from the first check-in to the last reply.

Every role acts over HTTP on pages as they are: the facilitators and officials signed in, everybody
else by a code. A player presses what stands on the page in front of them, and nothing else.
"""
