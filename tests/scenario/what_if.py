"""A scenario with something of everything that a what-if changes, and each change beside what a hand would write."""

from typing import Any

CENTRE = """\
name: Centre
start: 2026-09-28
weeks: 8
timezone: America/New_York
queues:
  - id: orders
    hours: [{days: [MON, TUE, WED, THU, FRI], open: "08:00", close: "22:00"}]
    demand:
      weekly_volume: 1000
      time_of_day_weights:
        - {days: [MON], weights: {"08:00": 0.5, "23:30": 1.0}}
        - {weights: {"08:00": 0.4, "16:00": 1.0}}
      growth_per_year: 0.05
      events: [{name: Sale, start: 2026-10-02, multiplier: 1.5}, {name: Recall, start: 2026-10-12, multiplier: 1.2}]
      shocks: [{start: "2026-10-06T20:00", hours: 3, add: 45.5}]
    handling: {distribution: LOGNORMAL, mean_seconds: 300, cv: 0.8}
    patience: {mean_seconds: 120}
    target: {threshold_seconds: 20, share: 0.8}
    route: {steps: [{teams: [manila]}, {teams: [home], after_seconds: 30}, {teams: [bogota], after_seconds: 60}]}
  - id: follow-up
    demand: {share_of: orders, share: 0.25}
    handling: {distribution: EMPIRICAL, quantiles: [{share: 0, seconds: 60}, {share: 1, seconds: 600.5}]}
    route: {steps: [{teams: [home]}]}
  - id: mail
    channel: EMAIL
    demand:
      volumes: {2026-10: 4000, 2026-W46: 1100}
      batches: [{on: [MON], at: "05:30", volume: 90}]
    handling: {distribution: EMPIRICAL, values: [100, 200]}
    route:
      choice: ALLOCATION
      allocation:
        - {shares: {acme: 0.6, andes: 0.3, own: 0.1}, kind: RANDOM}
        - {from: 2026-10-12, shares: {acme: 0.5, andes: 0.25, own: 0.25}}
        - {from: 2026-11-02, shares: {andes: 0.5, own: 0.5}}
  - id: history
    demand: {series: {start: "2026-09-28T07:00", minutes: 30, volumes: [11, 12.5, 13]}}
    handling: {mean_seconds: 240}
vendors:
  - id: own
    kind: IN_HOUSE
    sites: [{id: columbus, country: US}]
    teams:
      - id: home
        site: columbus
        skills: [{queue: orders}, {queue: follow-up}, {queue: mail}, {queue: history}]
        staffing: {agents: 5}
  - id: acme
    sites: [{id: makati, country: PH, timezone: Asia/Manila}]
    teams:
      - id: manila
        site: makati
        skills: [{queue: orders}, {queue: mail}, {queue: history}]
        workforce:
          headcount: 21
          tenure_weeks: {bands: [{from_week: 0, heads: 5}, {from_week: 8, heads: 5}, {from_week: 20, heads: 11}]}
          shrinkage: {leave: 0.06, in_office: 0.12, months: {OCT: {leave: 0.02}}}
          absence: {daily_probability: 0.05, weekdays: {MON: 1.5}}
          attrition: {training_weekly: 0.03, bands: [{from_week: 0, weekly: 0.02}, {from_week: 12, weekly: 0.01}]}
          hiring: {lead_time_weeks: {mean: 3, cv: 0.3}, fill_rate: 0.9, training_weeks: 2}
          classes:
            - {start: 2026-09-21, size: 6}
            - {start: 2026-10-05, size: 9, graduates: 8}
            - {start: 2026-10-19, size: 1}
        policies: [{kind: HIRE_UP_TO, buffer: 0.1}]
        cost: {hourly_wage: 6.5, seat_per_month: 180, training_per_week: 150}
    contracts:
      - pricing:
          - {kind: PER_CONTACT, bands: [{to: 100, rate: 2.35}, {rate: 2.1}]}
          - {kind: FIXED_MONTHLY, amount: 6500}
  - id: andes
    sites: [{id: bogota-site, country: CO, timezone: America/Bogota}]
    teams:
      - id: bogota
        site: bogota-site
        skills: [{queue: orders}, {queue: mail}]
        workforce: {headcount: 10, attrition: {annual_rate: 0.4, first_90_days: 0.2}, hiring: {}}
        policies: [{kind: HIRE_UP_TO}]
events:
  - {kind: OUTAGE, site: makati, start: "2026-10-05T09:00", hours: 4}
  - {kind: ATTRITION, team: manila, start: 2026-10-05, weeks: 2, multiplier: 2}
  - {kind: CLIENT_OUTAGE, start: "2026-10-07T09:00", hours: 2, demand_multiplier: 1.5}
"""

Q, M = "queues.", "vendors.acme.teams.manila."
W, B = M + "workforce.", "vendors.andes.teams.bogota.workforce."

BY_HAND: list[tuple[dict[str, Any], dict[str, str], str]] = [
    (
        {"scale_demand": {"queue": "orders", "factor": 1.2}},
        {Q + "orders.demand.weekly_volume": "1200", Q + "orders.demand.shocks.0.add": "54.6"},
        "demand of orders x 1.2",
    ),
    (
        {"scale_demand": {"factor": 1.1}},
        {
            Q + "orders.demand.weekly_volume": "1100",
            Q + "orders.demand.shocks.0.add": "50.05",
            Q + "mail.demand.volumes": "{2026-10: 4400, 2026-W46: 1210}",
            Q + "mail.demand.batches.0.volume": "99",
            Q + "history.demand.series.volumes": "[12.1, 13.75, 14.3]",
        },
        "demand of every queue x 1.1",
    ),
    (
        {"scale_demand": {"queue": "follow-up", "factor": 2}},
        {Q + "follow-up.demand.share": "0.5"},
        "demand of follow-up x 2",
    ),
    (
        {"shift_demand": {"minutes": 60}},
        {
            Q + "orders.demand.time_of_day_weights.0.weights": '{"00:30": 1.0, "09:00": 0.5}',
            Q + "orders.demand.time_of_day_weights.1.weights": '{"09:00": 0.4, "17:00": 1.0}',
            Q + "orders.demand.shocks.0.start": '"2026-10-06T21:00"',
            Q + "mail.demand.batches.0.at": '"06:30"',
            Q + "history.demand.series.start": '"2026-09-28T08:00"',
        },
        "demand of every queue 60 minutes later",
    ),
    (
        {"shift_demand": {"queue": "history", "minutes": -450}},
        {Q + "history.demand.series.start": '"2026-09-27T23:30"'},
        "demand of history 450 minutes earlier",
    ),
    (
        {"set_growth": {"growth_per_year": -0.125}},
        {Q + "orders.demand.growth_per_year": "-0.125"},
        "demand of every queue grows by -12.5 % a year",
    ),
    (
        {
            "add_demand_event": {
                "queue": "mail",
                "event": {"name": "Sale", "start": "2026-10-02", "days": 3, "multiplier": 2},
            }
        },
        {Q + "mail.demand.events": "[{name: Sale, start: 2026-10-02, days: 3, multiplier: 2}]"},
        "Sale: demand of mail x 2 from 2026-10-02 for 3 days",
    ),
    (
        {"remove_demand_event": {"name": "Sale"}},
        {Q + "orders.demand.events": "[{name: Recall, start: 2026-10-12, multiplier: 1.2}]"},
        "demand of every queue without Sale",
    ),
    (
        {"add_shock": {"queue": "mail", "shock": {"start": "2026-10-08T10:00", "hours": 1, "add": 500}}},
        {Q + "mail.demand.shocks": '[{start: "2026-10-08T10:00", hours: 1, add: 500}]'},
        "500 contacts more of mail from 2026-10-08T10:00 for 1 hour",
    ),
    (
        {"scale_handling": {"factor": 1.1}},
        {
            Q + "orders.handling.mean_seconds": "330",
            Q + "follow-up.handling.quantiles": "[{share: 0, seconds: 66}, {share: 1, seconds: 660.55}]",
            Q + "mail.handling.values": "[110, 220]",
            Q + "history.handling.mean_seconds": "264",
        },
        "handling time of every queue x 1.1",
    ),
    ({"scale_patience": {"factor": 0.8}}, {Q + "orders.patience.mean_seconds": "96"}, "patience of every queue x 0.8"),
    (
        {"set_target": {"queue": "orders", "share": 0.9, "threshold_seconds": 30}},
        {Q + "orders.target.share": "0.9", Q + "orders.target.threshold_seconds": "30"},
        "target of orders: 90 % within 30 seconds",
    ),
    (
        {"set_target": {"queue": "mail", "share": 0.9}},
        {Q + "mail.target": "{threshold_seconds: 86400, share: 0.9}"},
        "target of mail: 90 %",
    ),
    (
        {
            "set_hours": {
                "queue": "orders",
                "hours": [
                    {"open": "07:00", "close": "23:00", "from": "2026-10-05"},
                    {"days": ["SAT"], "open": "09:00", "close": "17:00"},
                ],
            }
        },
        {
            Q + "orders.hours": '[{open: "07:00", close: "23:00", from: 2026-10-05},'
            ' {days: [SAT], open: "09:00", close: "17:00"}]'
        },
        "hours of orders: daily 07:00-23:00 from 2026-10-05; SAT 09:00-17:00",
    ),
    ({"set_hours": {"queue": "orders"}}, {Q + "orders.hours": "null"}, "hours of orders: round the clock"),
    (
        {"set_allocation": {"queue": "mail", "shares": {"acme": 0.5, "own": 0.5}, "from": "2026-10-12"}},
        {
            Q + "mail.route.allocation": "[{shares: {acme: 0.6, andes: 0.3, own: 0.1}, kind: RANDOM},"
            " {from: 2026-10-12, shares: {acme: 0.5, own: 0.5}, kind: RANDOM}]"
        },
        "allocation of mail: acme 50 %, own 50 % from 2026-10-12",
    ),
    (
        {"set_allocation": {"queue": "orders", "shares": {"acme": 0.7, "own": 0.3}}},
        {Q + "orders.route.choice": "ALLOCATION", Q + "orders.route.allocation": "[{shares: {acme: 0.7, own: 0.3}}]"},
        "allocation of orders: acme 70 %, own 30 %",
    ),
    (
        {"exclude_vendor": {"vendor": "andes"}},
        {
            Q + "orders.route.steps": "[{teams: [manila]}, {teams: [home], after_seconds: 30}]",
            Q + "mail.route.allocation": "[{shares: {acme: 0.857142857143, own: 0.142857142857}, kind: RANDOM},"
            " {from: 2026-10-12, shares: {acme: 0.666666666667, own: 0.333333333333}},"
            " {from: 2026-11-02, shares: {own: 1}}]",
            "vendors": "ANDES LEFT OUT",
        },
        "without the vendor andes",
    ),
    (
        {"scale_team": {"factor": 1.1}},
        {
            "vendors.own.teams.home.staffing.agents": "6",
            W + "headcount": "23",
            W
            + "tenure_weeks.bands": "[{from_week: 0, heads: 6}, {from_week: 8, heads: 5}, {from_week: 20, heads: 12}]",
            B + "headcount": "11",
        },
        "size of every team x 1.1",
    ),
    (
        {"delay_hiring": {"weeks": 2}},
        {
            W + "classes.1.start": "2026-10-19",
            W + "classes.2.start": "2026-11-02",
            W + "hiring.lead_time_weeks.mean": "5",
            B + "hiring.lead_time_weeks": "{mean: 2}",
        },
        "hiring of every team 2 weeks later",
    ),
    (
        {"scale_hiring": {"team": "manila", "factor": 0.5}},
        {
            W + "classes": "[{start: 2026-09-21, size: 6}, {start: 2026-10-05, size: 4, graduates: 4}]",
            W + "hiring.fill_rate": "0.45",
        },
        "hiring of manila x 0.5",
    ),
    (
        {"scale_hiring": {"team": "manila", "factor": 2}},
        {
            W + "classes": "[{start: 2026-09-21, size: 6}, {start: 2026-10-05, size: 18, graduates: 16},"
            " {start: 2026-10-19, size: 2}]",
            W + "hiring.fill_rate": "1",
        },
        "hiring of manila x 2",
    ),
    (
        {"add_class": {"team": "bogota", "training_class": {"start": "2026-10-05", "size": 8, "training_weeks": 2}}},
        {B + "classes": "[{start: 2026-10-05, size: 8, training_weeks: 2}]"},
        "a class of 8 for bogota from 2026-10-05",
    ),
    (
        {"scale_attrition": {"factor": 2}},
        {
            W + "attrition": "{training_weekly: 0.0591,"
            " bands: [{from_week: 0, weekly: 0.0396}, {from_week: 12, weekly: 0.0199}]}",
            B + "attrition": "{annual_rate: 0.8, first_90_days: 0.36}",
        },
        "attrition of every team x 2",
    ),
    (
        {"scale_absence": {"team": "manila", "factor": 1.5}},
        {W + "absence.daily_probability": "0.075"},
        "absence of manila x 1.5",
    ),
    (
        {"scale_shrinkage": {"factor": 1.5}},
        {W + "shrinkage": "{leave: 0.09, in_office: 0.18, months: {OCT: {leave: 0.03}}}"},
        "shrinkage of every team x 1.5",
    ),
    (
        {"set_policies": {"team": "manila", "policies": [{"kind": "PLAN", "heads": {"2026-10-05": 30}}]}},
        {M + "policies": "[{kind: PLAN, heads: {2026-10-05: 30}}]"},
        "policies of manila: PLAN",
    ),
    ({"set_policies": {"team": "manila"}}, {M + "policies": "null"}, "policies of manila: none"),
    (
        {"scale_wages": {"factor": 1.1}},
        {M + "cost.hourly_wage": "7.15", M + "cost.training_per_week": "165"},
        "wages of every team x 1.1",
    ),
    (
        {"scale_rates": {"vendor": "acme", "factor": 1.1}},
        {
            "vendors.acme.contracts.0.pricing.0.bands": "[{to: 100, rate: 2.585}, {rate: 2.31}]",
            "vendors.acme.contracts.0.pricing.1.amount": "7150",
        },
        "rates of acme x 1.1",
    ),
    (
        {"set_value": {"path": "queues.orders.lines", "value": 30}},
        {Q + "orders.lines": "30"},
        "queues.orders.lines: left out becomes 30",
    ),
]
"""Each change as data, the same by hand as values of the document's paths, and its words. Events: `HAPPENINGS`."""

HAPPENINGS: list[tuple[str, str]] = [
    (
        '{kind: OUTAGE, site: makati, start: "2026-10-12T09:00", hours: 12, share: 0.5}',
        "outage of makati from 2026-10-12T09:00 for 12 hours of 50 %",
    ),
    ("{kind: OUTAGE, per_year: 1, hours: {mean: 10, cv: 1}}", "outage of everything 1 time a year for 10 hours"),
    (
        "{kind: MASS_ABSENCE, site: makati, start: 2026-10-12, days: 1, share: 0.3}",
        "mass absence at makati from 2026-10-12 for 1 day of 30 %",
    ),
    (
        '{kind: CLIENT_OUTAGE, start: "2026-10-12T09:00", hours: 2, demand_multiplier: 1.5, queues: [orders]}',
        "outage of the client's systems, demand of orders from 2026-10-12T09:00 for 2 hours x 1.5",
    ),
    (
        "{kind: VENDOR_EXIT, vendor: andes, to: acme, start: 2026-10-12, handover_weeks: 4}",
        "exit of andes from 2026-10-12 for 4 weeks to acme",
    ),
    (
        "{kind: ATTRITION, team: bogota, start: 2026-10-12, weeks: 2, multiplier: 3}",
        "attrition of bogota from 2026-10-12 for 2 weeks x 3",
    ),
]
"""An event of each kind, and its words."""
