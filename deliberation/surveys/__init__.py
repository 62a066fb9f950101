"""What jurors say of themselves and of the jury: surveys whose answers bear no name."""
