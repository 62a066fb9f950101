"""What a jury's figures are made of: pure, exact where exact is possible, source beside each.

Nothing here knows a web page or a database. Shares are fractions, so that a page rounds once.
"""
