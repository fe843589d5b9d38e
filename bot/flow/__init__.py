"""Use cases: Slack-free, one module each, reading from top to bottom."""
