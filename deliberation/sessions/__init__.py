"""The jury room: sessions with timed agendas, tables, and a screen for each role."""
