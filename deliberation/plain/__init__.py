"""Words that jurors do not understand, made plain; the town's glossary grows from them."""
