"""Clients' scenarios to put out: one by hand, with everything that a request must lose, and random ones."""

import random
from collections.abc import Iterator
from typing import Any

from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario

SECRET = "zq"
"""In every word that is a vendor's own."""
MARK = 0.0137
"""In every number that is a vendor's own: all of them end with these digits."""

CLIENT = """\
name: Shop
start: 2026-09-28
weeks: 4
timezone: America/New_York
currency: USD
exchange_rates: {PHP: 50}
client_cost: {retained_per_month: 4000, abandoned_contact: 3}
busyness_correlation: 0.4
sources:
  queues.calls.handling.mean_seconds: {source: "ACD, August", confidence: MEASURED}
  queues.calls.demand.weekly_volume: {source: "report of ZQ pacific, July", confidence: MEASURED}
  queues.mail.handling.mean_seconds: {source: "measured at zq-manila", confidence: MEASURED}
  queues.calls.route.steps: {source: "zq plan", confidence: ASSUMED}
  vendors.zq-pacific.teams.zq-voice.workforce.headcount: {source: "zq payroll", confidence: MEASURED}
queues:
  - id: calls
    hours: [{days: [MON, TUE, WED, THU, FRI], open: "08:00", close: "20:00"}]
    demand: {weekly_volume: 3000, busyness_cv: 0.1}
    handling: {mean_seconds: 300}
    patience: {mean_seconds: 180}
    transfers: [{to: escalations, probability: 0.05}, {to: mail, probability: 0.02}]
    target: {threshold_seconds: 20, share: 0.8}
    route: {choice: LEAST_OCCUPIED, steps: [{teams: [zq-voice]}, {teams: [zq-own], after_seconds: 10}]}
  - id: mail
    channel: EMAIL
    demand: {share_of: calls, share: 0.5}
    handling: {mean_seconds: 240}
    backlog: {volume: 41, mean_age_hours: 3}
    turnaround: {target_hours: 24, share: 0.9}
    route: {choice: ALLOCATION, allocation: [{shares: {zq-pacific: 0.7, zq-home: 0.3}}]}
  - id: escalations
    hours: [{days: [MON, TUE, WED, THU, FRI], open: "08:00", close: "20:00"}]
    demand: {weekly_volume: 40}
    handling: {mean_seconds: 600}
    transfers: [{to: mail, probability: 0.1}]
    route: {steps: [{teams: [zq-own]}]}
vendors:
  - id: zq-home
    name: zq In-house
    kind: IN_HOUSE
    sites: [{id: zq-columbus, country: US}]
    teams:
      - id: zq-own
        site: zq-columbus
        skills: [{queue: calls}, {queue: escalations}, {queue: mail}]
        staffing: {agents: 9}
        cost: {hourly_wage: 21.0137}
    contracts: [{slas: [{id: zq-inner, metric: ASA, queue: escalations, target: 60}]}]
  - id: zq-pacific
    name: zq Pacific
    currency: PHP
    sites: [{id: zq-manila, country: PH, timezone: Asia/Manila}]
    teams:
      - id: zq-voice
        site: zq-manila
        skills: [{queue: calls}]
        workforce:
          headcount: 60
          attrition: {annual_rate: 0.4}
          hiring: {lead_time_weeks: {mean: 1}, training_weeks: 1}
          ramp: {release_cost: 900.0137}
          overtime: {premium: 1.5}
        policies: [{kind: HIRE_UP_TO}]
        cost: {hourly_wage: 300.0137, hire: 20000.0137}
      - id: zq-writing
        site: zq-manila
        skills: [{queue: mail}]
        staffing: {agents: 4}
        cost: {hourly_wage: 290.0137}
    contracts:
      - pricing: [{kind: PER_CONTACT, queues: [mail], rate: 90.0137}, {kind: PER_PAID_HOUR, rate: 9.0137}]
        commitments: [{unit: CONTACTS, share: 0.8}]
        forecast_lock: {lock_days: 30, relief: {over: 0.1}}
        at_risk: {share: 0.1}
        slas:
          - id: level
            metric: SERVICE_LEVEL
            queue: calls
            scope: QUEUE
            target: 0.8
            window: WEEK
            credits: [{below: 0.8, share: 0.5}]
          - {id: turnaround, metric: TURNAROUND_MET, queue: mail, scope: QUEUE, target: 0.9, window: WEEK}
          - {id: filled, metric: FILL_RATE, target: 0.9}
        exit: {missed: 2, of: 3, fee: 500000}
  - id: zq-andes
    sites: [{id: zq-bogota, country: CO}]
    teams:
      - {id: zq-cases, site: zq-bogota, skills: [{queue: mail}], staffing: {agents: 2}}
events:
  - {kind: OUTAGE, site: zq-manila, start: "2026-10-05T09:00", hours: 4}
  - {kind: ATTRITION, team: zq-voice, start: 2026-10-05, weeks: 1, multiplier: 2}
  - {kind: VENDOR_EXIT, vendor: zq-andes, to: zq-home, start: 2026-10-12, handover_weeks: 1}
  - {kind: OUTAGE, start: "2026-10-06T09:00", hours: 1}
  - {kind: CLIENT_OUTAGE, start: "2026-10-07T09:00", hours: 2, demand_multiplier: 1.5, queues: [calls, escalations]}
  - {kind: CLIENT_OUTAGE, start: "2026-10-08T09:00", hours: 2, demand_multiplier: 1.5, queues: [escalations]}
forecasts:
  - id: summer
    issued: 2026-06-01
    queues:
      calls: {volumes: {2026-09: 12000, 2026-10: 13000}, aht_seconds: 300}
      mail: {volumes: {2026-09: 6000, 2026-10: 6500}, aht_seconds: 240}
      escalations: {volumes: {2026-09: 160, 2026-10: 170}, aht_seconds: 600}
"""
"""A client with its own people and two vendors; every word of theirs has SECRET in it, every number ends with MARK."""


def client() -> Scenario:
    """The client's scenario by hand."""
    return load(CLIENT)


def own_proposal(scenario: Scenario, vendor: str, **more: Any) -> dict[str, Any]:
    """What a vendor of the scenario would propose, as it is there: its people, its prices, its place in the routes."""
    data = canonical_data(scenario)
    (found,) = (one for one in data["vendors"] if one["id"] == vendor)
    contract = (found.get("contracts") or [{"pricing": [{"kind": "PER_CONTACT", "rate": 2}]}])[0]
    own = {name: value for name, value in found.items() if name not in ("contracts", "kind")}
    teams = {team["id"] for team in own["teams"]}
    routes = {queue["id"]: route for queue in data["queues"] if (route := _own_route(queue, teams))}
    return {"vendor": own, "pricing": contract["pricing"], "routes": routes, **more}


def _own_route(queue: dict[str, Any], teams: set[str]) -> dict[str, Any]:
    route = queue.get("route", {})
    steps = [{**step, "teams": [one for one in step["teams"] if one in teams]} for step in route.get("steps", ())]
    kept = [step for step in steps if step["teams"]]
    if kept:
        kept[0] = {"teams": kept[0]["teams"]}
    choice = {} if "allocation" in route else {"choice": route.get("choice")}
    return {name: value for name, value in {**choice, "steps": kept}.items() if value}


def random_client(seed: int, *, is_alone: bool = False) -> Scenario:
    """A client's scenario: some queues, its own people, some vendors; alone: one vendor has all of it."""
    return from_data(_Tender(random.Random(seed), is_alone).document())


class _Tender:
    def __init__(self, r: random.Random, is_alone: bool) -> None:
        self.r, self.is_alone = r, is_alone
        self.queues = [f"q{k}" for k in range(r.randint(1, 4))]
        self.vendors = [f"{SECRET}v{k}" for k in range(1 if is_alone else r.randint(1, 3))]
        self.numbers: Iterator[int] = iter(range(100, 1000))

    def document(self) -> dict[str, Any]:
        vendors = [self.vendor(name, k) for k, name in enumerate(self.vendors)]
        served = {skill["queue"] for vendor in vendors for team in vendor["teams"] for skill in team["skills"]}
        if not self.is_alone and (served != set(self.queues) or self.r.random() < 0.6):
            vendors.append(self.own())
        queues = [self.queue(name, k, vendors) for k, name in enumerate(self.queues)]
        return {
            "name": "Random",
            "start": "2026-09-28",
            "weeks": self.r.randint(1, 2),
            "timezone": "America/New_York",
            "exchange_rates": {"PHP": 58.2},
            "client_cost": {"retained_per_month": self.secret()},
            "queues": queues,
            "vendors": vendors,
            "events": self.events(vendors),
            "forecasts": self.forecasts(),
            "sources": {
                f"vendors.{vendors[0]['id']}.currency": {"source": f"{SECRET} said so", "confidence": "ASSUMED"},
                "queues.q0.handling.mean_seconds": {"source": "measured", "confidence": "MEASURED"},
            },
        }

    def secret(self) -> float:
        return next(self.numbers) + MARK

    def queue(self, name: str, k: int, vendors: list[dict[str, Any]]) -> dict[str, Any]:
        r, is_mail = self.r, self.r.random() < 0.4
        demand: dict[str, Any] = {"weekly_volume": r.choice([150, 400.5, 900])}
        if k and r.random() < 0.4:
            demand = {"share_of": self.queues[k - 1], "share": r.choice([0.2, 0.5])}
        elif r.random() < 0.3:
            demand = {"volumes": {"2026-09": 300, "2026-10": 900}}
        found: dict[str, Any] = {"id": name, "demand": demand, "handling": {"mean_seconds": r.choice([120, 300])}}
        if is_mail:
            found |= {"channel": "EMAIL", "backlog": {"volume": r.randint(0, 30), "mean_age_hours": 2}}
        else:
            found |= {"patience": {"mean_seconds": 90}, "target": {"threshold_seconds": 20, "share": 0.8}}
        others = [one for one in self.queues[k + 1 :] if r.random() < 0.3]
        if others:
            found["transfers"] = [{"to": one, "probability": 0.1} for one in others]
        able = [(v["id"], t["id"]) for v in vendors for t in v["teams"] if name in [s["queue"] for s in t["skills"]]]
        return found | self.route(able)

    def route(self, able: list[tuple[str, str]]) -> dict[str, Any]:
        names = list(dict.fromkeys(vendor for vendor, _ in able))
        if len(names) > 1 and self.r.random() < 0.3:
            shares = {names[0]: 0.6, names[1]: 0.4}
            return {"route": {"choice": "ALLOCATION", "allocation": [{"shares": shares}]}}
        if self.r.random() < 0.5:
            teams = [team for _, team in able]
            self.r.shuffle(teams)
            steps = [{"teams": [team], **({"after_seconds": 15 * k} if k else {})} for k, team in enumerate(teams)]
            return {"route": {"choice": self.r.choice(["LONGEST_IDLE", "LEAST_OCCUPIED"]), "steps": steps}}
        return {}

    def own(self) -> dict[str, Any]:
        found = self.vendor(f"{SECRET}own", 9, everything=True)
        return {name: value for name, value in found.items() if name != "contracts"} | {"kind": "IN_HOUSE"}

    def vendor(self, name: str, k: int, *, everything: bool = False) -> dict[str, Any]:
        skills = [one for one in self.queues if everything or self.is_alone or self.r.random() < 0.7] or self.queues[:1]
        team = {
            "id": f"{name}-team",
            "site": f"{name}-site",
            "skills": [{"queue": one, "priority": 1 + p, "speed": 1 + MARK} for p, one in enumerate(skills)],
            "cost": {"hourly_wage": self.secret(), "fixed_per_month": self.secret()},
            **self.people(),
        }
        found = {
            "id": name,
            "name": f"{SECRET} vendor {k}",
            "sites": [{"id": f"{name}-site", "country": self.r.choice(["US", "PH"]), "timezone": "Asia/Manila"}],
            "teams": [team],
        }
        if self.r.random() < 0.5 and not everything:
            found["currency"] = "PHP"
        if everything or self.r.random() < 0.3:
            return found
        return found | {"contracts": [self.contract(name, skills)]}

    def people(self) -> dict[str, Any]:
        if self.r.random() < 0.5:
            return {"staffing": {"agents": self.r.randint(3, 12)}}
        workforce = {
            "headcount": self.r.randint(10, 30),
            "attrition": {"annual_rate": 0.5 + MARK},
            "hiring": {"lead_time_weeks": {"mean": 0.5 + MARK}},
            "ramp": {"release_cost": self.secret()},
            "overtime": {"premium": 1.5 + MARK},
        }
        return {"workforce": workforce, "policies": [{"kind": "HIRE_UP_TO", "buffer": MARK}]}

    def contract(self, name: str, skills: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {"pricing": [{"kind": "PER_PAID_HOUR", "rate": self.secret()}]}
        if self.r.random() < 0.8:
            asa = {"metric": "ASA", "target": 30, "window": "WEEK", "credits": [{"above": 30, "share": 0.5}]}
            found["slas"] = [{"id": f"level-{name[len(SECRET) :]}-{one}", "queue": one, **asa} for one in skills]
            found["at_risk"] = {"share": 0.1}
            if self.r.random() < 0.4:
                found["exit"] = {"missed": 1, "of": 2, "fee": 1000}
        return found

    def events(self, vendors: list[dict[str, Any]]) -> list[dict[str, Any]]:
        vendor = self.r.choice(vendors)
        some = [
            {"kind": "OUTAGE", "site": vendor["sites"][0]["id"], "start": "2026-09-29T09:00", "hours": 1 + MARK},
            {"kind": "OUTAGE", "team": vendor["teams"][0]["id"], "start": "2026-09-29T15:00", "hours": 1 + MARK},
            {"kind": "OUTAGE", "start": "2026-09-30T15:00", "hours": 1},
            {
                "kind": "CLIENT_OUTAGE",
                "start": "2026-10-01T15:00",
                "hours": 2,
                "demand_multiplier": 1.4,
                "queues": [self.r.choice(self.queues)],
            },
        ]
        return [one for one in some if self.r.random() < 0.5]

    def forecasts(self) -> list[dict[str, Any]]:
        own = {"volumes": {"2026-09": 100, "2026-10": 150.5}, "aht_seconds": 200}
        queues = {one: own for one in self.queues if self.r.random() < 0.7}
        return [{"id": "aug", "issued": "2026-06-01", "queues": queues}] if queues else []
