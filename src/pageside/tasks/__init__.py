"""What readers want to do: a list of tasks of each, kept apart like their conversations."""
