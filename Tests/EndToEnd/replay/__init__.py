"""Recorded provider traffic, replayed through the real gateway and compared with what independent readers expect."""
