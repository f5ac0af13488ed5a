"""What other programs are given over the Model Context Protocol: tasks, search, pages and prompts of one book."""
