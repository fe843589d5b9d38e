"""Words: templates, drafting, and the checks that every draft passes."""
