"""The only place that knows git: what a repository says about its commits and about the versions of its files.

Reading runs nothing that belongs to the repository and writes nothing into it. A revision is turned into a full sha
before it reaches any command.
"""

from journal.revisions.repository import Repository

__all__ = ["Repository"]
