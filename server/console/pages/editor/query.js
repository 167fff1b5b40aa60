// What the editor reads of a scenario: every value that has a field, and the document.

export const SCENARIO = /* GraphQL */ `query EditedScenario($id: ID!) { scenario(id: $id) {
  id name version lock { label } document base { id name }
  runs(first: 10) { nodes { id status experiment { replications seed precision } } }
  definition { name start weeks days timezone intervalMinutes currency busynessCorrelation
    queues { id name channel lines balkingProbability
      demand { weeklyVolume shareOf share growthPerYear busynessCv weekdayWeights { key value } timeOfDayWeights { days weights { key value } }
        season { months { key value } weeks { key value } } events { name start days multiplier leadInDays decayDays } shocks { start hours add } }
      handling { distribution meanSeconds cv changes { from multiplier } } concurrency { slots slowdown } patience { meanSeconds }
      target { thresholdSeconds share maxOccupancy } turnaround { targetHours due share } retrial { probability meanDelayMinutes }
      repeat { returns meanDelayHours } callback { offerOverSeconds acceptance success } containment { from share failure } }
    vendors { id name kind sites { id country seats trainingSeats trainers }
      teams { id site staffing { agents } policies { kind buffer whenNetUnder reviewWeeks }
        workforce { headcount hoursPerWeek shrinkage { leave inOffice } absence { dailyProbability meanSpellDays } attrition { annualRate first90Days }
          hiring { leadTimeWeeks { mean cv } fillRate classSize classesPerMonth trainingWeeks } nesting { weeks multiplier mentorShare }
          learning { newHireMultiplier timeConstantWeeks } classes { start size until trainingWeeks employment } moves { from heads start until }
          ramp { maxUpPerWeek maxDownPerWeek noticeWeeks releaseCost } overtime { maxShare maxHoursPerWeek acceptance premium } surge { agents noticeHours premium } }
        cost { hourlyWage benefitsShare seatPerMonth hire trainingPerWeek fixedPerMonth } }
      contracts { client pricing { kind queues rate multiplier amount } atRisk { share } forecastLock { lockDays }
        slas { id metric queue target thresholdSeconds window allocation credits { below above share } } } }
    clientCost { retainedPerMonth telephonyPerMinute abandonedContact lateItem } } } }`;

export const PREVIEW = /* GraphQL */ `query Preview($input: PreviewScenarioInput!) { previewScenario(input: $input) {
  diagnostics { severity code message path }
  requirement { queue team start stepSeconds count mostAgents agents }
  teams { team starts requiredFte plannedFte effectiveFte }
  cost { total months { start total } vendors { vendor total } leftOut } } }`;
