"""Links at the hosts of remotes: which addresses lead where, and that nothing secret gets into them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.config import HostLinks
from journal.revisions.hosts import Host

A = "a" * 40
B = "b" * 40
WEB = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+/[A-Za-z0-9._~!$&'()*+,;=:/?#%-]*")


def host_of(address: str, **settings: HostLinks) -> Host:
    found = Host.of(address, settings)
    assert found is not None
    return found


def links_of(address: str) -> list[str | None]:
    host = host_of(address)
    return [
        host.commit(A),
        host.compare(A, B),
        host.file(A, "src/a b.py"),
        host.lines(A, "x.py", 3),
        host.lines(A, "x.py", 3, 9),
    ]


@pytest.mark.parametrize(
    ("address", "page", "links"),
    [
        (
            "https://github.com/lab/repo.git",
            "https://github.com/lab/repo",
            ["commit/{a}", "compare/{a}...{b}", "blob/{a}/src/a%20b.py", "blob/{a}/x.py#L3", "blob/{a}/x.py#L3-L9"],
        ),
        (
            "git@gitlab.com:lab/group/repo.git",
            "https://gitlab.com/lab/group/repo/-",
            ["commit/{a}", "compare/{a}...{b}", "blob/{a}/src/a%20b.py", "blob/{a}/x.py#L3", "blob/{a}/x.py#L3-9"],
        ),
        (
            "git@bitbucket.org:lab/repo.git",
            "https://bitbucket.org/lab/repo",
            [
                *("commits/{a}", "branches/compare/{b}..{a}", "src/{a}/src/a%20b.py"),
                *("src/{a}/x.py#lines-3", "src/{a}/x.py#lines-3:9"),
            ],
        ),
        (
            "ssh://git@bitbucket.lab.example:7999/att/repo.git",
            "https://bitbucket.lab.example/projects/att/repos/repo",
            [
                *("commits/{a}", "compare/diff?sourceBranch={b}&targetBranch={a}", "browse/src/a%20b.py?at={a}"),
                *("browse/x.py?at={a}#3", "browse/x.py?at={a}#3-9"),
            ],
        ),
        (
            "https://codeberg.org/lab/repo",
            "https://codeberg.org/lab/repo",
            [
                *("commit/{a}", "compare/{a}...{b}", "src/commit/{a}/src/a%20b.py"),
                *("src/commit/{a}/x.py#L3", "src/commit/{a}/x.py#L3-L9"),
            ],
        ),
        (
            "git@gitee.com:lab/repo.git",
            "https://gitee.com/lab/repo",
            ["commit/{a}", "compare/{a}...{b}", "blob/{a}/src/a%20b.py", "blob/{a}/x.py#L3", "blob/{a}/x.py#L3-9"],
        ),
    ],
)
def test_each_kind_of_host_has_links_of_its_own(address: str, page: str, links: list[str]) -> None:
    assert links_of(address) == [f"{page}/{link.format(a=A, b=B)}" for link in links]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://github.com/lab/repo/", "https://github.com/lab/repo"),
        ("  https://github.com/lab/repo.git/\n", "https://github.com/lab/repo"),
        ("http://github.com/lab/repo", "http://github.com/lab/repo"),
        ("https://GitHub.com:443/lab/Repo.git", "https://github.com/lab/Repo"),
        ("https://www.github.com/lab/repo", "https://www.github.com/lab/repo"),
        ("https://github.com./lab//repo", "https://github.com/lab/repo"),
        ("git://github.com:9418/lab/repo.git", "https://github.com/lab/repo"),
        ("ssh://git@github.com/lab/repo.git", "https://github.com/lab/repo"),
        ("git+ssh://git@github.com/lab/repo.git", "https://github.com/lab/repo"),
        ("ssh://git@ssh.github.com:443/lab/repo.git", "https://github.com/lab/repo"),
        ("git@github.com:/lab/repo.git", "https://github.com/lab/repo"),
        ("github.com:lab/repo", "https://github.com/lab/repo"),
        ("git@[github.com:2222]:lab/repo", "https://github.com/lab/repo"),
        ("https://github.com/lab/my%20repo", "https://github.com/lab/my%20repo"),
        ("git@github.com:lab/my repo?#", "https://github.com/lab/my%20repo%3F%23"),
        ("git@github.com:lab/注意力.git", "https://github.com/lab/%E6%B3%A8%E6%84%8F%E5%8A%9B"),
        ("https://github.lab.example:8443/lab/repo", "https://github.lab.example:8443/lab/repo"),
        ("git@lab.ghe.com:lab/repo.git", "https://lab.ghe.com/lab/repo"),
        ("https://gitea.lab.example/git/lab/repo", "https://gitea.lab.example/git/lab/repo"),
    ],
)
def test_every_form_of_address_leads_to_the_same_page(address: str, page: str) -> None:
    assert host_of(address).commit(A) == f"{page}/commit/{A}"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("ssh://git@gitlab.lab.example:2222/lab/repo.git", "https://gitlab.lab.example/lab/repo"),
        ("https://gitlab.lab.example:8443/lab/repo.git", "https://gitlab.lab.example:8443/lab/repo"),
        ("http://gitlab.lab.example:8080/lab/repo.git", "http://gitlab.lab.example:8080/lab/repo"),
    ],
)
def test_the_port_of_ssh_is_not_that_of_the_web(address: str, page: str) -> None:
    assert host_of(address).commit(A) == f"{page}/-/commit/{A}"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://bitbucket.lab.example/scm/att/repo.git", "projects/att/repos/repo"),
        ("https://bitbucket.lab.example/web/scm/att/repo.git", "web/projects/att/repos/repo"),
        ("ssh://git@bitbucket.lab.example:7999/~ada/repo.git", "users/ada/repos/repo"),
    ],
)
def test_a_bitbucket_server_has_projects_and_users(address: str, page: str) -> None:
    assert host_of(address).commit(A) == f"https://bitbucket.lab.example/{page}/commits/{A}"


@pytest.mark.parametrize(
    "address",
    [
        *("", "/srv/git/repo.git", "../repo", "C:/git/repo", "C:\\git\\repo", "file:///srv/git/lab/repo"),
        *("github.com/lab/repo", "git@github.com/lab/repo", "https://github.com", "https://github.com/lab"),
        *("https://github.com/lab/..", "https://github.com/lab/%2E%2E", "git@github.com:../lab/repo"),
        *(
            "https://example.org/lab/repo",
            "git@github:lab/repo",
            "ssh://git@work/lab/repo",
            "ftp://github.com/lab/repo",
        ),
        *("javascript://github.com/lab/repo", "https://git hub.com/lab/repo", "https://github.com:x/lab/repo"),
        *(
            "ext::ssh github.com %S lab/repo",
            "https://gist.github.com/0123456789abcdef.git",
            "::",
            ":",
            "git@:lab/repo",
        ),
        *("https://[fe80::1%25eth0]/lab/repo", "https://[::1]/lab/repo", "git@github.com:lab/re\npo"),
    ],
)
def test_paths_files_and_hosts_nobody_knows_have_no_links(address: str) -> None:
    assert Host.of(address) is None


def test_a_host_of_ones_own_is_told_by_the_settings() -> None:
    settings = {"git.lab.example": HostLinks(kind="gitlab"), "fe80::1": HostLinks(kind="gitea")}
    page = "https://git.lab.example/lab/repo/-/commit/abcd"
    for address in ("git@GIT.lab.example:lab/repo", "https://www.git.lab.example/lab/repo"):
        found = Host.of(address, settings)
        assert found is not None
        assert (found.commit("abcd") or "").replace("www.", "") == page
    six = Host.of("ssh://git@[fe80::1]:2222/lab/repo", settings)
    assert six is not None
    assert six.commit("abcd") == "https://[fe80::1]/lab/repo/commit/abcd"


def test_a_host_can_have_patterns_of_its_own_beside_those_of_its_kind() -> None:
    own = HostLinks(commit="https://cgit.lab.example/{path}/commit/?id={sha}")
    bare = host_of("git@code:repo.git", code=own)
    assert (bare.commit("abcd"), bare.compare(A, B), bare.file(A, "x.py")) == (
        "https://cgit.lab.example/repo/commit/?id=abcd",
        None,
        None,
    )
    mixed = host_of("git@code:lab/repo", code=HostLinks(kind="gitlab", file="{site}/raw/{path}/{sha}/{file}"))
    assert mixed.commit("abcd") == "https://code/lab/repo/-/commit/abcd"
    assert mixed.file("abcd", "a/b.py") == "https://code/raw/lab/repo/abcd/a/b.py"


def test_lines_are_the_file_where_a_host_has_no_links_to_lines() -> None:
    host = host_of("git@code:repo", code=HostLinks(file="{site}/{path}/{sha}/{file}"))
    assert host.lines("abcd", "x.py", 3, 9) == "https://code/repo/abcd/x.py"
    one = host_of("git@code:repo", code=HostLinks(file="{site}/{file}?{sha}", line="{site}/{file}?{sha}#{first}"))
    assert one.lines("abcd", "x.py", 3, 9) == "https://code/x.py?abcd#3"


def test_a_setting_changes_what_a_name_alone_would_tell() -> None:
    found = Host.of("git@gitlab.lab.example:lab/repo", {"gitlab.lab.example": HostLinks(kind="gitea")})
    assert found is not None
    assert found.commit("abcd") == "https://gitlab.lab.example/lab/repo/commit/abcd"


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.py", "a/../../x.py", "", ".", "a//b.py", "https://x.example/y"])
def test_a_path_that_does_not_lie_in_the_repository_has_no_link(path: str) -> None:
    host = host_of("https://github.com/lab/repo")
    assert (host.file(A, path), host.lines(A, path, 3, 9)) == (None, None)


def test_folders_and_paths_from_here_are_found_and_signs_are_encoded() -> None:
    host = host_of("https://github.com/lab/repo")
    page = f"https://github.com/lab/repo/blob/{A}"
    assert host.file(A, "./configs/") == f"{page}/configs"
    assert host.file(A, 'a#b?c%20"<é>.py') == f"{page}/a%23b%3Fc%2520%22%3C%C3%A9%3E.py"
    assert host.lines(A, "./a b.py", 9, 3) == f"{page}/a%20b.py#L9"
    assert host.commit('x/../"') == "https://github.com/lab/repo/commit/x%2F..%2F%22"


_PLANTED = "t0kenSECRET"
_NOISE = st.text("aZ9-_~.!$&'()*+,;=:@/?#%[] ", max_size=6)


@given(
    scheme=st.sampled_from(["https", "http", "ssh", "git", "git+ssh"]),
    place=st.sampled_from(
        [
            "{scheme}://{token}@github.com/lab/repo.git",
            "{scheme}://ada:{token}@github.com/lab/repo.git",
            "{scheme}://{token}:x-oauth-basic@github.com:8443/lab/repo",
            "{scheme}://github.com/lab/repo?private_token={token}",
            "{scheme}://github.com/lab/repo#{token}",
            "{scheme}://github.com/lab/repo.git?{token}#{token}",
            "{token}@github.com:lab/repo",
            "ada:{token}@github.com:lab/repo.git",
            "{scheme}://github.com:x{token}/lab/repo",
            "ext::{scheme} {token}@github.com lab/repo",
        ]
    ),
    before=_NOISE,
    after=_NOISE,
)
def test_no_token_wherever_it_stands_gets_into_a_link(scheme: str, place: str, before: str, after: str) -> None:
    token = before + _PLANTED + after
    found = Host.of(place.format(scheme=scheme, token=token))
    for link in [] if found is None else [found.commit(A), found.compare(A, B), found.lines(A, "x.py", 1, 2)]:
        assert _PLANTED.lower() not in str(link).lower()
        assert "ada" not in str(link)


@given(address=st.text() | st.from_regex(r"(https?|ssh)://[a-z@:.]{0,9}github.com[ -~]{0,20}"), path=st.text())
def test_whatever_the_address_a_link_is_a_web_address_in_plain_ascii(address: str, path: str) -> None:
    found = Host.of(address)
    links = [] if found is None else [found.commit(A), found.compare(A, B), found.file(A, path)]
    for link in filter(None, links):
        assert WEB.fullmatch(link)
        assert urlsplit(link).username is None


@given(path=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda path: "/" not in path))
def test_the_name_of_a_file_is_kept_whatever_its_signs(path: str) -> None:
    link = host_of("https://github.com/lab/repo").file(A, path)
    expected = None if path in {".", ".."} else f"https://github.com/lab/repo/blob/{A}/{quote(path, safe='')}"
    assert link == expected
