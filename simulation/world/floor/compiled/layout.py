"""Where everything stands in the memory that the compiled floor and its host share: places, strides, bits, codes.

Plain numbers, so that the host reads them without the compiler. The machine code that is kept belongs to their values.
"""

from enum import IntEnum

from simulation.outcome.counting.counters import WAIT_BINS as WAIT_BINS
from simulation.outcome.counting.counters import WAIT_BITS as WAIT_BITS
from simulation.outcome.counting.counters import GroupField, QueueField
from simulation.world.demand.arrivals import HALF as HALF
from simulation.world.demand.arrivals import NEVER as NEVER
from simulation.world.demand.arrivals import NUMBER_BITS as NUMBER_BITS
from simulation.world.demand.distributions import CELLS as CELLS
from simulation.world.demand.distributions import LEVEL_BITS as LEVEL_BITS
from simulation.world.demand.distributions import LEVELS as LEVELS


def _columns(fields: type[IntEnum], names: str) -> tuple[int, ...]:
    return tuple(int(fields[name]) for name in names.split())


SLOT_BITS = 17
"""Up to 131,072 busy agents; the other 46 bits of a heap key hold 814 days of microseconds."""
SLOT_MASK = (1 << SLOT_BITS) - 1
LAST_TIME = (1 << 46) - 1

VISIT_BITS = 30
"""Of the key of a contact that returns, below the time since its interval began."""

# The table of addresses: which array stands where.
CLOCK, PLAN, GROUP, QUEUE, CHANCE, LINE, SLOT, FREE, HEAP, WAITING, IDLE = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
CHOICE, SERVE, AFTER, SPEED, RESOLUTION, STEP, DAY, STREAM, TABLES, MEAN_WORK = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
OPENS, CLOSES, DUE_TIMES, DUE_VALUES, DUE_SLOPES, TRANSFER_TO, TRANSFER_SHARE = 21, 22, 23, 24, 25, 26, 27
ALLOCATION, ALLOCATED, SHARES = 28, 29, 30
RETURN_TIMES, RETURN_AT, RETURNS, RETURN_FREE, TIMER_TIMES, TIMER_AT = 31, 32, 33, 34, 35, 36
QUEUE_ROWS, GROUP_ROWS, WAITS, AGENTS, LOG, SCRATCH, STRUCK = 37, 38, 39, 40, 41, 42, 43
ARRIVES, OF_QUEUE, NUMBER, GIVES_UP, WORK, ORIGIN = 44, 45, 46, 47, 48, 49
CHATTER, CHATTER_FREE, LEVEL = 50, 51, 52
# ... and of code that only chats and records need, where they are
SEEK, FIND_AGENT, SEND_AGENTS, COMPLETE_RARE, JOIN_AGAIN, FIND_LONGEST = 53, 54, 55, 56, 57, 58
# ... when rows of agents are due, which outages come with them, and the code of these
AGENTS_AT, FAILURES, FAIL = 59, 60, 61
# ... and of who returns in a later interval the first one
LATER = 62
PORTION, PORTION_LINES, PORTION_GROUPS, PORTION_ROWS = 63, 64, 65, 66
# ... and when contacts listed for later intervals return
LISTED = 67
TABLE = 68

# clock: scalars that change. ROW: the interval under way, ROW_END its end; STAFFED of ROWS_GIVEN rows of agents are in
# force, STAFF_DUE when one is to be now; FAILED of FAILURES_GIVEN outages have come, READY_TO_FAIL when there is
# room for one; LINES_BUSY, GROUPS_FREE: one bit a line or group (modulo 64) that may have somebody waiting or free;
# HOPEFUL: who waits and may come again if nobody answers, SETTLES: when lines are looked through for those who have
# given up, before one of them is back, SOON: an instant before which none returns and no timer ends; TOGETHER: who
# returns now
NOW, NEXT, LOADED, BUSY, FREE_SLOTS, LOGGED, RETURNING, FREE_RETURNS, TIMERS, RETURNED = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
ROW, ROW_END, STAFFED, ROWS_GIVEN, STAFF_DUE, LINES_BUSY, GROUPS_FREE, FREE_CHATTERS = 10, 11, 12, 13, 14, 15, 16, 17
HOPEFUL, SETTLES, SOON, FAILED, FAILURES_GIVEN, READY_TO_FAIL, TOGETHER, CLOCK_FIELDS = 18, 19, 20, 21, 22, 23, 24, 25
# plan: scalars that stay, and the capacities that the host lets grow. RARE: anything but arrivals and completions;
# MOST_SLOTS: contacts that an agent has in hand at most; LOOKS: who gives up is back within it only if `QUICK`
QUEUES, GROUPS, LINES, INTERVAL, HORIZON, STEPS, LOGGING, MOST_TIMERS, MOST_RETURNED = 0, 1, 2, 3, 4, 5, 6, 7, 8
RARE, MOST_SLOTS, LOOKS, PORTIONS, PLAN_FIELDS = 9, 10, 11, 12, 13
# group: stride 16, two lines of cache; its free agents are a ring of the times since when; OWN: cut agents are certain
# individuals; CHOSEN: of those who leave as whoever finishes first, the ones who have; RARE: serves chats or calls
# records; QUOTA: busy agents that an outage strikes, FOUND so far, in the scratch from FIRST on
G, G_BUSY, G_FLOOR, G_LEAVING, G_LINES, G_OWN, G_SERVES = 16, 0, 1, 2, 3, 4, 5
G_HEAD, G_TAIL, G_OFFSET, G_MASK, G_CHOSEN, G_RARE, G_QUOTA, G_FIRST, G_FOUND = 6, 7, 8, 9, 10, 11, 12, 13, 14
# queue: stride 27. TIMED: whether something hangs on who gives up; PLAIN: on arrival nothing but serving and waiting
# happens; KIND: how agents serve it
Q, Q_IMMEDIATE, Q_PLAIN, Q_TIMED, Q_FOLLOWS, Q_THRESHOLD, Q_SHORT, Q_MOST, Q_WINDOW, Q_OVER = (
    27, 0, 1, 2, 3, 4, 5, 6, 7, 8,
)  # fmt: skip
Q_FIRST_LINE, Q_LINES, Q_IN_SERVICE, Q_WAITING, Q_ARRIVALS = 9, 10, 11, 12, 13
Q_OPENS, Q_DUE, Q_TRANSFERS, Q_ALLOCATIONS, Q_PATIENCE, Q_WORK = 14, 15, 16, 17, 18, 19
Q_KIND, Q_SLOTS, Q_ATTEMPTS, Q_RETRY, Q_LASTS, Q_BACKLOG, Q_PORTIONS = 20, 21, 22, 23, 24, 25, 26
ALONE, CHATS, CALLED = 0, 1, 2
NOBODY, EVERYBODY, WHO_TRIES_AGAIN = 0, 1, 2
# chances of a queue: stride 11, float
P, P_BALKING, P_RETRIAL, P_RETRIAL_MEAN, P_REPEAT, P_REPEAT_MEAN, P_REWORK, P_ACCEPT, P_SUCCESS, P_PATIENCE = (
    11, 0, 1, 2, 3, 4, 5, 6, 7, 8,
)  # fmt: skip
P_SLOWDOWN, P_CONNECT = 9, 10
# line: stride 9; a ring of waiting contacts, COUNT of whom really wait
LN, LN_HEAD, LN_TAIL, LN_OFFSET, LN_MASK, LN_QUEUE, LN_CHOICES, LN_LEAST, LN_COUNT, LN_GROUPS = (
    9, 0, 1, 2, 3, 4, 5, 6, 7, 8,
)  # fmt: skip
# waiting contact: stride 8, one line of cache; CALLS_BACK counts the attempts made where records are called
W, W_SINCE, W_ARRIVES, W_GIVES_UP, W_WORK, W_NUMBER, W_DUE, W_CALLS_BACK = 8, 0, 1, 2, 3, 4, 5, 6
# slot of a busy agent: stride 8, one line of cache
S, S_GROUP, S_LINE, S_NUMBER, S_BEGINS, S_ARRIVES, S_SINCE, S_WORK, S_STATE = 8, 0, 1, 2, 3, 4, 5, 6, 7
# bits of its state; STRUCK by an outage, SERVED once the contact is served anew, CALLING before a record is reached.
# Above them: of a chat the place of its agent plus 1, of a record, whose SINCE is when it is due, the attempts
LEAVES, CALLS_BACK, IS_STRUCK, SERVED, CALLING, STATE_BITS = 1, 2, 4, 8, 16, 5
# agent with chats: stride 8; ready ones are a list of their group and number in hand, from LEVEL's first to last
CH, CH_GROUP, CH_COUNT, CH_SINCE, CH_NEXT, CH_BEFORE, CH_STATE, CH_READY, CH_LONGEST = 8, 0, 1, 2, 3, 4, 5, 6, 7
# choice of a line: stride 3; serve of a group: stride 2; overflow step of a line: stride 3; allocation: stride 4
C, C_GROUP, C_TIER, C_AFTER = 3, 0, 1, 2
V, V_PRIORITY, V_LINE = 2, 0, 1
T, T_LINE, T_AFTER, T_NEXT = 3, 0, 1, 2
A, A_BEGINS, A_COUNTED, A_SHARES, A_COUNT = 4, 0, 1, 2, 3
# outage: stride 2; its groups' shares and its luck are a row of STRUCK
F, F_ROW, F_REQUEUE = 2, 0, 1
# contact that returns: stride 8, one line of cache; a record that joins its line again has, in place of its origin,
# minus its attempts. RETURN_TIMES: heap of keys of the interval under way; RETURN_AT: heap of those who return now, by
# queue and number. LISTED has, of each who returns in a later interval, when, and the place plus 1 of another of that
# interval, as LATER has the first: apart from the rest, which has left the cache by then
R, R_QUEUE, R_NUMBER, R_ORIGIN, R_WORK, R_ARRIVES, R_LINE, R_DUE = 8, 0, 1, 2, 3, 4, 5, 6
LI, LI_AT, LI_NEXT = 2, 0, 1
LOG_STRIDE = 6
# portion: its threshold; a flag a line that is in it; a flag a group whose answering puts a contact into it

QUICK = 4
"""Bits of the draw of a retrial's delay that are 0 where it is among the shortest ones: a sixteenth of all."""

# Origins and purposes of draws, in the order of `floor.Origin` and `floor.Streams.PURPOSES`.
RETRIAL, REPEAT, TRANSFER, REWORK, BOT_FAILURE, REQUEUED = 1, 2, 3, 4, 5, 6
D_LEAVING, D_PATIENCE, D_WORK, D_BALKING, D_RETRIAL, D_RETRIAL_DELAY, D_TRANSFER, D_REWORK = 0, 1, 2, 3, 4, 5, 6, 7
D_RESOLUTION, D_REPEAT, D_REPEAT_DELAY, D_CALLBACK, D_CALLBACK_SUCCESS, D_ALLOCATION = 8, 9, 10, 11, 12, 13
D_CONNECTION = 14

GONE = -NEVER
"""In place of `gives_up`: no longer in line."""
UNDRAWN = GONE + 1
"""In place of `gives_up`: the contact's own draw. In place of work that is 0."""

NEGLIGIBLE = 1e-22
"""A probability, relative to the most probable number's, beyond which none is added up."""

# What `advance` wants before it can go on.
DONE, LINE_FULL, RETURNS_FULL, TIMERS_FULL, LOG_FULL, SLOTS_FULL, FAILURE_FULL = 0, 1, 2, 3, 4, 5, 6

# Columns of the counters.
OFFERED, ANSWERED, ABANDONED, BLOCKED, HANDLED, HANDLE_TIME = _columns(
    QueueField, "OFFERED ANSWERED ABANDONED BLOCKED HANDLED HANDLE_TIME"
)
ARRIVED_ANSWERED, ARRIVED_ABANDONED, ANSWERED_IN_TIME, ABANDONED_IN_TIME, ABANDONED_SHORT = _columns(
    QueueField, "ARRIVED_ANSWERED ARRIVED_ABANDONED ANSWERED_IN_TIME ABANDONED_IN_TIME ABANDONED_SHORT"
)
ANSWERED_WAIT, ABANDONED_WAIT, WAITED_SO_FAR = _columns(QueueField, "ANSWERED_WAIT ABANDONED_WAIT WAITED_SO_FAR")
CALLBACKS, CALLBACKS_SERVED, CALLBACKS_FAILED, CALLBACK_DELAY, REPEATED, DUE, DUE_MET, LOST, ATTEMPTS = _columns(
    QueueField,
    "CALLBACKS CALLBACKS_SERVED CALLBACKS_FAILED CALLBACK_DELAY REPEATED DUE DUE_MET LOST ATTEMPTS",
)
WAITING_AT_END, SERVED_AT_END, WAITING_AGE = _columns(QueueField, "WAITING IN_SERVICE WAITING_AGE")
OFFERED_ORIGIN = int(QueueField.OFFERED_RETRIAL) - 1
"""Before the columns of contacts offered by origin, in the order of `Origin`."""
QUEUE_FIELDS = len(QueueField)
G_ROW_BUSY, G_ROW_FLOOR, G_ROW_HANDLED = _columns(GroupField, "BUSY ON_FLOOR HANDLED")
GROUP_FIELDS = len(GroupField)

ENTRIES = {
    "draw_streams": 4,
    "draw_uniforms": 3,
    "count_arrivals": 2,
    "draw_arrivals": 7,
    "sort_out": 5,
    "advance": 2,
    "advance_plainly": 2,
    "fail": 3,
    "open_line": 2,
    "begin_with": 3,
    "clear": 3,
    "close": 1,
    "seek": 5,
    "find_agent": 9,
    "send_agents": 3,
    "complete_rare": 3,
    "join_again": 3,
    "find_longest": 2,
}
"""How many arguments each entry of the kernel has."""
RARE_ENTRIES = {
    SEEK: "seek",
    FIND_AGENT: "find_agent",
    SEND_AGENTS: "send_agents",
    COMPLETE_RARE: "complete_rare",
    JOIN_AGAIN: "join_again",
    FIND_LONGEST: "find_longest",
}
"""The entries whose addresses stand in the table."""
