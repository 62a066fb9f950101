"""What two or more jurors say who see it otherwise: one rule, wherever a note may stand."""
