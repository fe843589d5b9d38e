"""Many workspaces in one bot: tests and what they share."""
