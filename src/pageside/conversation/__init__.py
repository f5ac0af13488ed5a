"""The ChatKit adapter: threads, turns and the stream of one answer."""
