import { type Scene } from './steps.ts';

/**
 * Histories that once failed, cut down by `npm run test:simulation -- --shrink`, with what they
 * showed. Whole scenes, because another version makes other steps of the same seed.
 */
export const REGRESSIONS: readonly { readonly showed: string; readonly scene: Scene }[] = [
  {
    showed: 'a refused order under a mass cancel stayed PendingCancel for its client',
    scene: {
      ...{ seed: 33, cancelOnDisconnect: false, amend: false, lateTrades: false },
      ...{ losesReports: false, syncMs: 5 },
      steps: [
        { at: 926, kind: 'slow', line: 'toVenue', delayMs: 4_000, forMs: 1_304 },
        {
          ...{ at: 2_244, kind: 'place', id: 'C12', symbol: 'PF_ETHUSD', side: 'Sell', lots: 1 },
          ...{ ticks: 30, type: 'IOC' },
        },
        { at: 2_386, kind: 'massCancel', id: 'M13' },
      ],
    },
  },
  {
    showed: 'a replace lost with its link had no end once the replay acknowledged its order',
    scene: {
      ...{ seed: 136, cancelOnDisconnect: false, amend: false, lateTrades: false },
      ...{ losesReports: false, syncMs: 1 },
      steps: [
        {
          ...{ at: 726, kind: 'place', id: 'C3', symbol: 'PF_ETHUSD', side: 'Sell', lots: 7 },
          ...{ ticks: 30, type: 'Limit' },
        },
        { at: 730, kind: 'mute', line: 'both' },
        {
          ...{ at: 1_257, kind: 'replace', orig: 'C3', symbol: 'PF_ETHUSD', id: 'R4', lots: 6 },
          ...{ ticks: 36, method: 'cancelThenNew' },
        },
      ],
    },
  },
];
