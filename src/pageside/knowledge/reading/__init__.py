"""Bytes to documents: Markdown and MDX as real sites write them, with the addresses those sites give."""
