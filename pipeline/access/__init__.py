"""Who may come in: takes files of users and tokens, tells whom they name."""

from pipeline.access.tokens import read_token
from pipeline.access.users import Users, user_line

__all__ = ["Users", "read_token", "user_line"]
