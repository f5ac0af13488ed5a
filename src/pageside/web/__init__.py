"""HTTP: the pages of the book, the ChatKit endpoint, health, and what refuses a bad request."""
