"""What goes wrong in the room: notes that are reported, and complaints that only few may read."""
