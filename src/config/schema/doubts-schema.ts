import { flag, milliseconds, textList } from './kinds.ts';

/** Orders whose fate is not known: how the venue is asked about them, and who may settle them. */
export const DOUBTS = {
  roundMs: milliseconds(
    'Time from the beginning of a doubt to the first round of questions over REST; the waits before the next rounds are 2, 5, 10 and 30 times as long, the last one stays.',
  )
    .between(50, 60_000)
    .withDefault(1_000),
  proofMs: milliseconds(
    'With REST, an order that the venue asked to resend is absent after one complete round without a trace, which begins so long after the proof at the earliest.',
  )
    .between(0, 600_000)
    .withDefault(5_000),
  absentFull: {
    auto: flag(
      'Whether an order without a sequence proof may be called absent without two persons, once two complete rounds have no trace of it and the positions agree.',
    ).withDefault(false),
    settleMs: milliseconds(
      'Views of REST may be this old: the second of the two rounds begins so long after the end of the connection at the earliest.',
    )
      .between(100, 3_600_000)
      .withDefault(90_000),
    roundsGapMs: milliseconds('Time between the two rounds.')
      .between(100, 3_600_000)
      .withDefault(30_000),
  },
  lateFillsMs: milliseconds(
    'A fill may come so late after the end of an order; after a lost link the fills are looked at once more when it has passed.',
  )
    .between(100, 3_600_000)
    .withDefault(120_000),
  alertAfterMs: milliseconds('A doubt that lasts this long is an alert, IN_DOUBT.')
    .between(100, 3_600_000)
    .withDefault(5_000),
  pageAfterMs: milliseconds('A doubt that lasts this long is a critical alert, IN_DOUBT_PAGE.')
    .between(100, 3_600_000)
    .withDefault(60_000),
  operators: textList(
    'Names of the people who may say what became of an order (`fathom doubts resolve`).',
  ).optional('whoever may open the control socket'),
  proposalMsMax: milliseconds('A verdict that no second person approved by then is void.')
    .between(1_000, 86_400_000)
    .withDefault(3_600_000),
};
