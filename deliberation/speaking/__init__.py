"""Who speaks: a queue, timed turns, the balance of a table. Off until a jury switches it on."""
