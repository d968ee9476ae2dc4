"""What may be seen of it, and by whom."""

from makerspace.matters.support.queries.facts import ServiceFacts, service_facts

__all__ = ["ServiceFacts", "service_facts"]
