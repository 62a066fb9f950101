"""What people and officers write, in the other language: the translators' queue."""
