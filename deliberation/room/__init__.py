"""The screens of a jury's room, composed of its sessions and what is written in them."""
