"""Faults on purpose: kills, full disks, broken indexes, a Slack that fails."""
