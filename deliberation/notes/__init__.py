"""What tables and jurors write in a session, kept on their devices while the network is away."""
