"""CRMs: one adapter each behind `knowledge.crm.Crm`; the only place that knows their clients."""
