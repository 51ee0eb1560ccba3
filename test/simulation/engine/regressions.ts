/** Seeds that once failed, with what they showed. Each is played in every run of the tests. */
export const REGRESSIONS: readonly { readonly seed: number; readonly showed: string }[] = [
  {
    seed: 75,
    showed: 'a refused order ended as PendingCancel for its client, after a mass cancel',
  },
  {
    seed: 105,
    showed: 'a cancel lost with its link was never answered once a replay filled its order',
  },
];
