"""The running bot for many workspaces."""
