"""The edge: Slack, command line and jobs, and the use cases that they call."""

__version__ = "0.1.0"
