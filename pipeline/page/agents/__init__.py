"""The door of agents: what the API answers, as tools of the Model Context Protocol."""

from pipeline.page.agents.door import AgentsDoor

__all__ = ["AgentsDoor"]
