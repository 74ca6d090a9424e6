from __future__ import annotations

import gc

import pytest

from perftool.sql.warm import settled_gc

pytestmark = pytest.mark.usefixtures("few_objects")


def test_settings_come_back_whatever_happens() -> None:
    before = gc.get_threshold()
    with settled_gc(12_345):
        assert gc.get_threshold()[0] == 12_345
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    with pytest.raises(ZeroDivisionError), settled_gc():
        raise ZeroDivisionError
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
