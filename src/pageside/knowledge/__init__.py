"""What the book says: reading it, cutting it into passages, finding the ones that answer."""
