from __future__ import annotations

import pytest

from perftool.errors import InputError
from perftool.sql.nesting import DEEPEST, MOST_OPEN_JOINS, depth, open_joins, refuse_too_deep


def test_depth_leaves_strings_and_comments_out() -> None:
    deep = "(" * (DEEPEST + 1)
    assert depth(deep) == DEEPEST + 1
    assert depth(f"select '{deep}' /* {deep} */, (1), " + "(1), " * DEEPEST + "[{(1)}]") == 3
    refuse_too_deep("()" * 10_000)
    with pytest.raises(InputError, match="deeper"):
        refuse_too_deep(deep)


def test_joins_that_wait_for_their_condition() -> None:
    many = MOST_OPEN_JOINS + 1
    assert open_joins("select * from t" + " join u" * many) == many
    assert open_joins("select * from t" + " join u on a = b" * many) == 1
    assert open_joins("select * from t" + " join u using (a)" * many) == 1
    assert open_joins("select * from t" + " cross join u natural join v" * many) == 0
    nested = "join (select * from a join b on c " * many
    assert open_joins(nested) >= many
    with pytest.raises(InputError, match="JOINs"):
        refuse_too_deep(nested)


@pytest.mark.parametrize("text", ["x<" * 4001, "a" + "[1]" * 8001])
def test_chains(text: str) -> None:
    with pytest.raises(InputError, match="more than"):
        refuse_too_deep(text)
