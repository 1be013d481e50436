from journal.site.entry.boxed import Row, boxed, fold, number


def test_columns_of_which_no_row_knows_anything_are_left_out_but_never_the_first() -> None:
    text = boxed("Runs", ("a", "b", "c"), [Row(["", "", "1"]), Row(["", "", ""])], right={2})
    assert text.splitlines()[1:] == [
        '<thead><tr><th scope="col">a</th><th class="n" scope="col">c</th></tr></thead>',
        "<tbody>",
        '<tr><th scope="row">—</th><td class="n">1</td></tr>',
        '<tr><th scope="row">—</th><td class="n">—</td></tr>',
        "</tbody>",
        "</table></div>",
    ]


def test_a_box_can_be_reached_by_the_keyboard_and_has_a_name_that_is_no_markup() -> None:
    first = boxed('"><script>', ("a",), [Row(["1"], "x.1")]).splitlines()[0]
    assert 'role="region" tabindex="0" aria-label="&#34;&#62;&#60;script&#62;"' in first
    assert '<tr id="x.1">' in boxed("a", ("a",), [Row(["1"], "x.1")])


def test_a_fold_says_how_it_stands_and_whether_it_is_searched() -> None:
    assert fold("x", "1 run", "", "<p>a</p>").splitlines() == [
        '<details class="journal-fold x"><summary>1 run</summary>',
        "<p>a</p>",
        "</details>",
    ]
    assert fold("x", "y", opened=True, searched=False).startswith('<details class="journal-fold x" open data-search-')


def test_a_number_is_told_at_full_precision() -> None:
    assert (number(0.1 + 0.2), number(0), number(None)) == ("0.30000000000000004", "0", "")
