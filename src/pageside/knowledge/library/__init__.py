"""Documentation of the libraries that a book uses: which one a question is about, and what a server of docs says."""
