"""Study tasks in a conversation: six agents, from what a reader writes to what is done and said."""
