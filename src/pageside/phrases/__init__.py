"""Every word of the server's own that a reader may see, in all the languages it speaks."""
