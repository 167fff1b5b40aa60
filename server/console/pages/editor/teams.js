// The people of a team: how many, how they come and go, how the team ramps up.

import { words } from "../../formats.js";
import { Choice } from "../../parts/chart.js";
import { html } from "../../preact.js";
import { choose, place } from "../../route.js";
import { useTold } from "../../use_told.js";
import { useDraft } from "./draft.js";
import { Field, Missing } from "./fields.js";

export function Teams() {
  const { scenario: { definition: { vendors, currency } } } = useDraft();
  const all = vendors.flatMap((vendor) => vendor.teams.map((team) => ({ vendor, team })));
  const wanted = useTold(place).query.get("team");
  const { vendor, team } = all.find(({ team: { id } }) => id === wanted) ?? all[0];
  const at = `vendors.${vendor.id}.teams.${team.id}`;
  const site = vendor.sites.find(({ id }) => id === team.site);
  return html`<div class="stack" key=${team.id}>
    <${Choice} name="team" label="Team" value=${team.id} options=${all.map((each) => [each.team.id, `${each.team.id} (${each.vendor.name || each.vendor.id})`])} onChoose=${(/** @type {string} */ id) => choose({ team: id })} />
    ${team.workforce ? html`<${Workforce} of=${team.workforce} at=${`${at}.workforce`} />` : html`<section class="panel"><header><h2>Agents</h2></header>
      <p class="soft">${team.staffing ? `Its agents are given by the interval, ${Math.max(...team.staffing.agents)} at most: scale them under What if, or write them under Document.` : "As many agents as the forecast requires; give it people to plan hiring."}</p></section>`}
    ${team.policies.length > 0 && html`<section class="panel"><header><h2>Who decides to grow and shrink</h2></header><div class="fields">
      ${team.policies.map((policy, i) => html`<div key=${i}><strong>${words(policy.kind)}</strong>
        ${policy.kind === "HIRE_UP_TO" && html`<${Field} path=${`${at}.policies.${i}.buffer`} label="Above the requirement by" kind="share" was=${policy.buffer} /><${Field} path=${`${at}.policies.${i}.review_weeks`} label="Looks every" unit="weeks" was=${policy.reviewWeeks} />`}
        ${policy.whenNetUnder != null && html`<${Field} path=${`${at}.policies.${i}.when_net_under`} label="When net staffing is under" kind="share" was=${policy.whenNetUnder} />`}</div>`)}</div></section>`}
    ${team.cost && html`<section class="panel"><header><h2>What it costs its vendor</h2><p>${currency}</p></header><div class="fields">
      <${Field} path=${`${at}.cost.hourly_wage`} label="Hourly wage" was=${team.cost.hourlyWage} /><${Field} path=${`${at}.cost.benefits_share`} label="Benefits on top" kind="share" was=${team.cost.benefitsShare} />
      <${Field} path=${`${at}.cost.seat_per_month`} label="A seat, by month" was=${team.cost.seatPerMonth} /><${Field} path=${`${at}.cost.hire`} label="A hire" was=${team.cost.hire} />
      <${Field} path=${`${at}.cost.training_per_week`} label="A week of training" was=${team.cost.trainingPerWeek} /><${Field} path=${`${at}.cost.fixed_per_month`} label="Fixed by month" was=${team.cost.fixedPerMonth} /></div></section>`}
    ${site && html`<section class="panel"><header><h2>Site ${site.id}</h2></header><div class="fields">
      <${Field} path=${`vendors.${vendor.id}.sites.${site.id}.seats`} label="Seats" was=${site.seats} /><${Field} path=${`vendors.${vendor.id}.sites.${site.id}.training_seats`} label="Seats for training" was=${site.trainingSeats} />
      <${Field} path=${`vendors.${vendor.id}.sites.${site.id}.trainers`} label="Trainers" was=${site.trainers} /></div></section>`}
  </div>`;
}

/** @param {{ of: Api.Workforce, at: string }} props */
const Workforce = ({ of, at }) => html`
  <section class="panel"><header><h2>Who is there</h2></header><div class="fields">
    <${Field} path=${`${at}.headcount`} label="Heads in production at the start" was=${of.headcount} /><${Field} path=${`${at}.hours_per_week`} label="Full-time hours a week" was=${of.hoursPerWeek} />
    <${Field} path=${`${at}.shrinkage.leave`} label="Leave, of paid time" kind="share" was=${of.shrinkage.leave} /><${Field} path=${`${at}.shrinkage.in_office`} label="In the office, of time present" kind="share" was=${of.shrinkage.inOffice} help="breaks, meetings, coaching" />
    <${Field} path=${`${at}.absence.daily_probability`} label="Absence, of paid days" kind="share" was=${of.absence.dailyProbability} />
    ${of.attrition && html`${of.attrition.annualRate != null && html`<${Field} path=${`${at}.attrition.annual_rate`} label="Attrition in a year" kind="share" was=${of.attrition.annualRate} help="leavers / average headcount; may exceed 100" />`}
    ${of.attrition.first90Days != null && html`<${Field} path=${`${at}.attrition.first_90_days`} label="Of a class, gone in 90 days" kind="share" was=${of.attrition.first90Days} />`}`}</div></section>
  <section class="panel"><header><h2>Ramp</h2><p>how people come, learn and go</p></header><div class="fields">
    ${of.hiring ? html`<${Field} path=${`${at}.hiring.lead_time_weeks.mean`} label="From the requisition to the class" unit="weeks" was=${of.hiring.leadTimeWeeks.mean} /><${Field} path=${`${at}.hiring.fill_rate`} label="Of heads asked for, found" kind="share" was=${of.hiring.fillRate} />
      <${Field} path=${`${at}.hiring.class_size`} label="Largest class" was=${of.hiring.classSize} /><${Field} path=${`${at}.hiring.classes_per_month`} label="Classes in a month" was=${of.hiring.classesPerMonth} />
      <${Field} path=${`${at}.hiring.training_weeks`} label="Training" unit="weeks" was=${of.hiring.trainingWeeks} />` : html`<p class="soft">This team does not hire.</p>`}
    ${of.nesting && html`<${Field} path=${`${at}.nesting.weeks`} label="Nesting" unit="weeks" was=${of.nesting.weeks} /><${Field} path=${`${at}.nesting.multiplier`} label="Handling time while nesting, times" was=${of.nesting.multiplier} />`}
    ${of.learning && html`<${Field} path=${`${at}.learning.new_hire_multiplier`} label="A new hire's handling time, times" was=${of.learning.newHireMultiplier} /><${Field} path=${`${at}.learning.time_constant_weeks`} label="Learns over" unit="weeks" was=${of.learning.timeConstantWeeks} />`}
    ${of.ramp ? html`<${Field} path=${`${at}.ramp.max_up_per_week`} label="Up by at most, a week" unit="heads" was=${of.ramp.maxUpPerWeek} /><${Field} path=${`${at}.ramp.max_down_per_week`} label="Down by at most, a week" unit="heads" was=${of.ramp.maxDownPerWeek} /><${Field} path=${`${at}.ramp.notice_weeks`} label="Notice" unit="weeks" was=${of.ramp.noticeWeeks} />` : null}
    ${of.overtime ? html`<${Field} path=${`${at}.overtime.max_share`} label="Overtime, at most" kind="share" was=${of.overtime.maxShare} /><${Field} path=${`${at}.overtime.acceptance`} label="Overtime accepted by" kind="share" was=${of.overtime.acceptance} />`
      : html`<${Missing} path=${`${at}.overtime`} label="Overtime" begin=${{ max_share: 0.1, max_hours_per_week: 8, acceptance: 0.6, premium: 1.5 }} why="Extra paid hours where the forecast asks for them." />`}
    ${of.surge ? html`<${Field} path=${`${at}.surge.agents`} label="Bench" unit="agents" was=${of.surge.agents} /><${Field} path=${`${at}.surge.notice_hours`} label="Bench, at a notice of" unit="hours" was=${of.surge.noticeHours} />`
      : html`<${Missing} path=${`${at}.surge`} label="A bench" begin=${{ agents: 10, notice_hours: 48, premium: 1.3 }} why="Trained people that the vendor lends at a notice and a price." />`}</div></section>
  ${of.classes.length > 0 && html`<section class="panel"><header><h2>Classes</h2><p>add more under What if</p></header><div class="stack">
    ${of.classes.map((each, i) => html`<fieldset key=${i}><legend>Class ${i + 1}${each.employment === "TEMPORARY" ? ", temporary" : ""}</legend><div class="fields">
      <${Field} path=${`${at}.classes.${i}.start`} label="First day of training" kind="date" was=${each.start} /><${Field} path=${`${at}.classes.${i}.size`} label="Heads" was=${each.size} />
      ${each.until && html`<${Field} path=${`${at}.classes.${i}.until`} label="Leaves again after" kind="date" was=${each.until} />`}</div></fieldset>`)}</div></section>`}
  ${of.moves.length > 0 && html`<section class="panel"><header><h2>Moves between teams</h2></header><div class="stack">
    ${of.moves.map((move, i) => html`<fieldset key=${i}><legend>From ${move.from}</legend><div class="fields"><${Field} path=${`${at}.moves.${i}.heads`} label="Heads" was=${move.heads} />
      <${Field} path=${`${at}.moves.${i}.start`} label="From" kind="date" was=${move.start} /><${Field} path=${`${at}.moves.${i}.until`} label="Until" kind="date" was=${move.until} /></div></fieldset>`)}</div></section>`}`;
