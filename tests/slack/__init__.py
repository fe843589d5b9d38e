"""Tests of the Slack edge, and what stands in for Slack."""
