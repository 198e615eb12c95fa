from contracts.kinds import joint_research, nda  # noqa: F401 -- the list of kinds
from contracts.kinds.base import ContractKind, choices, registry

__all__ = ["ContractKind", "choices", "registry"]
