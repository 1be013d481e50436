from __future__ import annotations

import math
from itertools import combinations

from journal.site.charts.swarm import Box, beside, spread


def test_places_keep_their_height_and_move_only_as_far_as_they_must() -> None:
    wanted = [(50.0, 10.0), (50.0, 10.0), (50.0, 40.0), (50.0, 12.0)]
    found = spread(wanted, 8, 20, (0, 100))
    assert [y for _, y in found] == [y for _, y in wanted]
    assert found[0] == wanted[0]
    assert found[2] == wanted[2]
    assert all(math.dist(one, other) >= 8 - 1e-6 for one, other in combinations(found, 2))


def test_where_there_is_no_room_a_dot_stays_where_it_belongs() -> None:
    found = spread([(0.0, 0.0)] * 9, 8, 8, (-100, 100))
    assert found.count((0.0, 0.0)) == 7
    assert {x for x, _ in found} == {0.0, 8.0, -8.0}


def test_no_dot_is_moved_beyond_the_ends() -> None:
    found = spread([(95.0, 10.0)] * 5, 8, 40, (0, 100))
    assert sorted(x for x, _ in found) == [63, 71, 79, 87, 95]


def test_a_name_goes_to_the_first_side_that_is_free_and_inside() -> None:
    assert beside((100, 50), 6, 40, [], 300) == Box(106, 43, 146, 57)
    assert beside((280, 50), 6, 40, [], 300) == Box(234, 43, 274, 57)
    taken = [Box(110, 40, 120, 60)]
    assert beside((100, 50), 6, 40, taken, 300) == Box(54, 43, 94, 57)
    assert beside((100, 50), 6, 40, [Box(0, 0, 300, 300)], 300) == Box(106, 43, 146, 57)
