"""The currencies of ISO 4217: those that somebody pays with, without units of account, metals and test codes."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulation.scenario.entries import entries
from simulation.scenario.problems import Path, Refusal, choose, shown

CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND
VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(CODES.split())


def currencies_refused(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """Three letters that are nobody's money."""
    rates = document.get("exchange_rates")
    named: list[tuple[Path, Any]] = [(("currency",), document.get("currency"))]
    named += [(("exchange_rates", str(name)), name) for name in (rates if isinstance(rates, Mapping) else ())]
    vendors = entries(document.get("vendors"), ("vendors",))
    named += [((*path, "currency"), vendor.get("currency")) for path, vendor in vendors]
    for at, name in named:
        if isinstance(name, str) and name not in CURRENCIES:
            yield Refusal(f"ISO 4217 has no currency {shown(name)}", choose(name, sorted(CURRENCIES)), at)
