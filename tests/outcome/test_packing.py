"""Arrays as bytes and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from simulation.outcome.counting.packing import PackingError, pack, unpack

whole = st.one_of(
    arrays(np.int64, array_shapes(min_dims=0, max_dims=3, min_side=0), elements=st.integers(-(2**63), 2**63 - 1)),
    arrays(np.int32, array_shapes(max_dims=2), elements=st.integers(-(2**31), 2**31 - 1)),
    arrays(np.int64, array_shapes(), elements=st.sampled_from([0, 1 << 20, 3 << 20, -(1 << 40)])),
    arrays(np.float64, array_shapes(), elements=st.floats()),
)


@given(whole)
def test_what_is_packed_comes_back_to_the_bit(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
    about, found = unpack(pack({"of": "x"}, {"array": array}))
    assert about == {"of": "x"}
    assert found["array"].dtype == array.dtype
    np.testing.assert_array_equal(found["array"], array)


def test_equal_arrays_give_equal_bytes_whatever_their_layout() -> None:
    array = np.arange(12).reshape(3, 4)
    assert pack({}, {"a": array}) == pack({}, {"a": np.asfortranarray(array)})


def test_an_array_is_read_without_the_others() -> None:
    data = pack({}, {"a": np.arange(5), "b": np.arange(7.0), "c": np.full(9, 4)})
    assert list(unpack(data, ["c"])[1]) == ["c"]
    assert unpack(data, ["c"])[1]["c"].tolist() == [4] * 9


def test_small_numbers_take_little_room() -> None:
    counts = np.random.default_rng(1).integers(0, 100, 10_000)
    assert len(pack({}, {"counts": counts << 20})) < 11_000


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04."])
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(PackingError, match="simulate the shard again"):
        unpack(data)
