"""The price to ask for a margin."""

from typing import Any

import numpy as np
import pytest

from simulation.outcome.asking_price import PriceError, price_for
from simulation.outcome.shards.kept import Kept
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.scenario import Scenario
from tests.outcome.agreed import agreed, clause, path
from tests.outcome.counted import summary

NOVEMBER: dict[str, Any] = {"start": "2026-11-01", "days": 30}


def kept_of(described: Scenario, *paths: Any) -> Kept:
    return Kept.of(canonical(described), "1", summary(described, list(paths)))


def costing(contract: dict[str, Any], fixed: float) -> Scenario:
    """Acme's phones cost it so much a month and nothing else."""
    described = agreed(contract, **NOVEMBER)
    vendor = described.vendors[0]
    cost = {"hourly_wage": 0, "fixed_per_month": fixed}
    data = described.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["vendors"][0]["teams"][0]["cost"] = cost
    assert vendor.id == "acme"
    return type(described).model_validate(data)


def test_the_price_is_that_of_the_replication_at_the_probability() -> None:
    """600, 700, 800 and 1,000 contacts at 1.00 and 100 once; cost 900; margin 10 %: the invoice must be 1,000, the
    contacts 900. The least factors are 1.5, 1.2857, 1.125 and 0.9: with probability 3/4 the third smallest, 1.2857,
    rounded up to a rate of 1.2858; with certainty 1.5."""
    pricing = [{"kind": "PER_CONTACT", "rate": 1.0}, {"kind": "ONE_OFF", "amount": 100, "at": "2026-11-01"}]
    described = costing({"pricing": pricing}, 900)
    kept = kept_of(described, *(path(described, offered=n, handled={0: n}) for n in (600, 700, 800, 1000)))
    found = price_for(kept, described, "acme", 0.1, 0.75)
    (line,) = found.lines
    assert (line.kind, line.now, line.asked) == ("PER_CONTACT", (1.0,), (1.2858,))
    assert found.factor == pytest.approx(9 / 7)
    assert (found.reached.successes, found.reached.trials) == (3, 4)
    sure = price_for(kept, described, "acme", 0.1, 1.0)
    assert sure.lines[0].asked == (1.5,)
    assert sure.reached.share == 1


def test_credits_grow_with_the_rates() -> None:
    """1,000 contacts at 1.00, a tenth of it credited: 900 at a factor of 1; for 1,800 it takes 2."""
    slas = [clause(credits=[{"below": 0.8, "share": 1}])]
    described = costing(
        {"pricing": [{"kind": "PER_CONTACT", "rate": 1}], "at_risk": {"share": 0.1}, "slas": slas}, 1800
    )
    kept = kept_of(described, path(described, offered={0: 1000}, handled={0: 1000}, answered_in_time={0: 500}))
    found = price_for(kept, described, "acme", 0.0, 1.0)
    assert found.lines[0].asked == (2.0,)
    assert np.isclose(found.factor, 2.0)


def test_every_recurring_amount_grows() -> None:
    bands = [{"to": 500, "rate": 2}, {"rate": 1}]
    pricing = [{"kind": "PER_CONTACT", "bands": bands}, {"kind": "FIXED_MONTHLY", "amount": 1500}]
    described = costing({"pricing": pricing}, 4500)
    kept = kept_of(described, path(described, handled={0: 1000}))
    found = price_for(kept, described, "acme", 0.0, 1.0)  # 500 x 2 + 500 x 1 + 1,500 = 3,000: half as much again
    assert [line.asked for line in found.lines] == [(3.0, 1.5), (2250.0,)]


def test_the_fee_of_an_exit_is_paid_once_whatever_the_rates() -> None:
    """1,000 contacts at 1.00, and 500 for leaving; cost 2,500: the contacts must bring 2,000."""
    terms = {"pricing": [{"kind": "PER_CONTACT", "rate": 1}], "slas": [clause()]}
    described = costing({**terms, "exit": {"missed": 1, "of": 1, "fee": 500}}, 2500)
    counters = path(described, handled={0: 1000})
    counters.exits[0] = 29
    found = price_for(kept_of(described, counters), described, "acme", 0.0, 1.0)
    assert found.lines[0].asked == (2.0,)
    assert found.reached.share == 1


def test_a_price_beyond_all_rates_is_none() -> None:
    described = costing({"pricing": [{"kind": "PER_CONTACT", "rate": 1}]}, 1e11)
    with pytest.raises(PriceError, match=r"rates of 1e\+14 times today's are no rates"):
        price_for(kept_of(described, path(described, handled={0: 1})), described, "acme", 0.999, 1.0)


def test_what_has_no_price_says_why() -> None:
    priced = costing({"pricing": [{"kind": "PER_CONTACT", "rate": 1}]}, 10)
    kept = kept_of(priced, path(priced, handled=5))
    for vendor, margin, probability, said in (
        ("best", 0.1, 0.9, "there is no contract with a vendor 'best'; write one of acme"),
        ("acme", 1.0, 0.9, "a margin of 1 of the invoices is out of reach; write a share from -10 to 0.999"),
        ("acme", 0.1, 0.0, "0 is no probability to reach"),
    ):
        with pytest.raises(PriceError, match=said):
            price_for(kept, priced, vendor, margin, probability)
    costless = agreed({"pricing": [{"kind": "PER_CONTACT", "rate": 1}]}, **NOVEMBER)
    with pytest.raises(PriceError, match="nothing says what the people of acme cost it"):
        price_for(kept_of(costless, path(costless, handled=5)), costless, "acme", 0.1, 0.9)
    with pytest.raises(PriceError, match="charges nothing that recurs"):
        price_for(kept_of(priced, path(priced, handled=0)), priced, "acme", 0.1, 0.9)
