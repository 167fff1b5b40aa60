"""How many contacts are expected, and when, and how far the volume that comes may lie from it."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from simulation.scenario.calendar import Clock, Day, LocalTime, MonthName, Period, Weekday
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Factor, Id, Label, PositiveShare, Real, Share, Volume, Whole

WEEK_NUMBER = r"^([1-9]|[1-4][0-9]|5[0-3])$"
WORKING_DAY = r"^WD-?([1-9]|1[0-9]|2[0-3])$"
BATCH_DAY = r"^(MON|TUE|WED|THU|FRI|SAT|SUN|WD-?([1-9]|1[0-9]|2[0-3]))$"
LEAD_WEEKS = r"^[1-9][0-9]{0,2}$"
WeekNumber = Annotated[str, StringConstraints(pattern=WEEK_NUMBER)]
WorkingDay = Annotated[str, StringConstraints(pattern=WORKING_DAY)]
BatchDay = Annotated[str, StringConstraints(pattern=BATCH_DAY)]
LeadWeeks = Annotated[str, StringConstraints(pattern=LEAD_WEEKS)]
LONGEST_SHOCK_HOURS = 168
SpanDays = Annotated[Whole, Field(ge=0, le=366)]


class Series(Described):
    """Volumes imported from history or a forecast, used as they are."""

    start: LocalTime
    """Local date and time in the queue's time zone at which the first volume begins."""
    minutes: Annotated[Whole, Field(ge=1, le=1440)]
    """Minutes that each volume covers; they divide a day."""
    volumes: Annotated[tuple[Volume, ...], Field(min_length=1, max_length=1_000_000)]
    """Contacts of one span after the other; there are none outside."""

    @model_validator(mode="after")
    def _divides_a_day(self) -> Self:
        if 1440 % self.minutes:
            refuse(f"{self.minutes} minutes do not divide a day", "write 5, 15, 30 or 60", ("minutes",))
        return self


class TimeOfDayWeights(Described):
    """How volume spreads over the day, on some days of the week."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = tuple(Weekday)
    """Days of the week it is for; of several entries the first that names the day counts."""
    weights: Annotated[dict[Clock, Factor], Field(min_length=1)]
    """Weight from each local time of day until the next; before the first, the last one holds."""

    @model_validator(mode="after")
    def _weigh_something(self) -> Self:
        if not any(self.weights.values()):
            refuse("every weight is 0", "give some time of day a weight over 0", ("weights",))
        if Clock("24:00") in self.weights:
            refuse("no time of day begins at 24:00", 'write "00:00" for midnight', ("weights", "24:00"))
        return self


class Season(Described):
    """Factors on the weekly volume by month or by ISO week; others are 1."""

    one_of = ("months", "weeks")

    months: dict[MonthName, Factor] | None = None
    """Factor by month of the year; a step at the month's border, not normalised."""
    weeks: dict[WeekNumber, Factor] | None = None
    """Factor by ISO week number; a step at the week's border, not normalised."""


class DemandEvent(Described):
    """A dated multiplier of demand: a sale, a campaign, a recall."""

    name: Label
    """What happens."""
    start: Day
    """First local day of the full multiplier."""
    days: Annotated[Whole, Field(ge=1, le=366)] = 1
    """Days of the full multiplier."""
    multiplier: Factor
    """Factor on the volume of these days; several events multiply."""
    lead_in_days: SpanDays = 0
    """Days before the start over which the factor rises linearly from 1."""
    decay_days: SpanDays = 0
    """Days after the last over which the factor falls linearly to 1."""
    included: bool = False
    """The series or volumes given already hold this event, so it is not applied again."""


class Shock(Described):
    """Contacts that come on top for some hours: an outage, a recall, a broadcast."""

    start: LocalTime
    """Local date and time in the queue's time zone at which it begins."""
    hours: Annotated[Real, Field(ge=0.001, le=LONGEST_SHOCK_HOURS)]
    """How many hours it lasts."""
    add: Volume
    """Contacts added, evenly over the hours of these in which the queue is open."""


class Batch(Described):
    """Deferred work that arrives all at once, such as a file of claims at the start of each month."""

    on: Annotated[tuple[BatchDay, ...], Field(min_length=1)]
    """Days on which it arrives: days of the week, and working days counted from the month's start (WD1) or end (WD-1).
    A date in `closed` loses it; opening hours do not matter."""
    at: Clock
    """Local time at which all of it arrives."""
    volume: Annotated[Real, Field(ge=0, le=10_000_000)]
    """Expected contacts each time; season, growth and events leave it alone."""

    @model_validator(mode="after")
    def _begins_within_a_day(self) -> Self:
        if self.at == "24:00":
            refuse("no time of day begins at 24:00", 'write "00:00" of the next day', ("at",))
        return self


class ForecastError(Described):
    """How far the volume that comes lies from the volume described: actual = forecast x error.

    The error of the scenario's week k (from 0) is (1 + bias) x a lognormal factor of mean 1, forecast with a lead of
    k + 1 weeks. Its normal score is sqrt(horizon_share) Z(queue) + sqrt(1 - horizon_share) Z(queue, week).
    """

    bias: Annotated[Real, Field(gt=-1, le=10)] = 0.0
    """Mean error: 0.05 says that 5 % more comes than forecast."""
    cv_by_lead_weeks: dict[LeadWeeks, Annotated[Real, Field(ge=0, le=2)]] = Field(default_factory=dict)
    """Coefficient of variation of a week's factor by weeks of lead; linear between, flat outside; none: 0."""
    horizon_share: Share = 0.5
    """Share of the normal score's variance that all weeks have in common."""


class Demand(Described):
    """Expected contacts of a queue: exactly one of weekly_volume, volumes, series and share_of, and what shapes it."""

    one_of = ("weekly_volume", "volumes", "series", "share_of")

    weekly_volume: Volume | None = None
    """Contacts of an average week, before season, growth and events; spread over open hours only."""
    volumes: Annotated[dict[Period, Volume], Field(min_length=1)] | None = None
    """Contacts by month, ISO week or date, the narrowest wins; days in none of them have no volume."""
    series: Series | None = None
    """Contacts span by span, used as they are."""
    share_of: Id | None = None
    """Id of a queue of whose expected contacts, batches and shocks included, these are a share: as many more, not taken
    from it, at the same instants; what would come while this queue is closed is lost."""
    share: PositiveShare | None = None
    """That share."""
    weekday_weights: dict[Weekday, Factor] = Field(default_factory=dict)
    """Weight of each day of the week; others 1; normalised over the week."""
    time_of_day_weights: tuple[TimeOfDayWeights, ...] = ()
    """How a day's volume spreads over its open hours; days without an entry are flat."""
    season: Season | None = None
    """Factors by month or ISO week."""
    growth_per_year: Annotated[Real, Field(gt=-1, le=10)] = 0.0
    """Growth of volume in a year, compounded by day from the start: 0.08 is 8 % more."""
    month_profile: dict[WorkingDay, Factor] = Field(default_factory=dict)
    """Factor by working day of the month: WD1 is the first Monday to Friday on which
    the queue is open, WD-1 the last; not normalised."""
    events: tuple[DemandEvent, ...] = ()
    """Dated multipliers."""
    shocks: tuple[Shock, ...] = ()
    """Contacts that come on top for some hours; events leave them alone."""
    batches: tuple[Batch, ...] = ()
    """Deferred work that arrives all at once."""
    busyness_cv: Annotated[Real, Field(ge=0, le=3)] = 0.0
    """Coefficient of variation of the busyness factor: one gamma factor of mean 1 on all the volume of a local day."""
    forecast_error: ForecastError | None = None
    """How far the volume that comes lies from the volume described; left out: only by chance."""

    @model_validator(mode="after")
    def _nothing_counts_twice(self) -> Self:
        for name in self._unused():
            if getattr(self, name):
                source = "volumes" if self.volumes is not None else "a series" if self.series else "a share of a queue"
                refuse(f"{source} takes no {name}: its figures already hold it", f"remove {name}", (name,))
        if self.weekly_volume is not None:
            for e, event in enumerate(self.events):
                if event.included:
                    refuse(
                        "weekly_volume is before events, so it includes none",
                        "remove included",
                        ("events", e, "included"),
                    )
        if len(self.weekday_weights) == len(Weekday) and not any(self.weekday_weights.values()):
            refuse("every weight is 0", "give some day a weight over 0", ("weekday_weights",))
        return self

    @model_validator(mode="after")
    def _share_of_a_queue(self) -> Self:
        if self.share_of is not None and self.share is None:
            refuse("share_of needs a share", "add share, over 0 and at most 1", ("share",))
        if self.share is not None and self.share_of is None:
            refuse("nothing says of which queue", "add share_of, or remove share", ("share",))
        return self

    def _unused(self) -> tuple[str, ...]:
        if self.series is not None or self.share_of is not None:
            return ("season", "growth_per_year", "weekday_weights", "time_of_day_weights", "month_profile")
        return ("season", "growth_per_year") if self.volumes is not None else ()
