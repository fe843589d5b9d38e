"""CRMs that keep state, for the tests: loopback servers that speak the real shapes, and a folder."""
