"""How well a book is answered: question files, figures with intervals, comparisons, and a report to read."""
