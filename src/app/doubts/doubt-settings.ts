import { type Config, type TradingSessionConfig } from '../../config/config.ts';
import { type DoubtSettings } from '../../core/facts/doubt-case.ts';
import { type SessionName } from '../../domain/ids.ts';

/** Waits before the rounds of questions, as multiples of the first one. [routing 4] */
const BACK_OFF = [1, 2, 5, 10, 30];

/** How doubts are asked about, as the configuration says. */
export const doubtSettingsOf = (
  { rest, doubts }: Pick<Config, 'rest' | 'doubts'>,
  sessions: readonly TradingSessionConfig[],
): DoubtSettings => {
  const { absentFull, roundMs, operators, lateFillsMs: lateMs, ...times } = doubts;
  const byName = new Map<SessionName, TradingSessionConfig>(
    sessions.map((session) => [session.name, session]),
  );
  return {
    canAsk: (name) => rest !== undefined && byName.get(name)?.restCredentials !== undefined,
    codMaxMs: (name) => {
      const session = byName.get(name);
      return session?.routing.codMaxMs ?? 2_500 * (session?.heartBtIntSeconds ?? 30) + 5_000;
    },
    settleMs: absentFull.settleMs,
    roundsGapMs: absentFull.roundsGapMs,
    absentFullAuto: absentFull.auto,
    proofMs: times.proofMs,
    backOffMs: BACK_OFF.map((factor) => factor * roundMs),
    alertAfterMs: times.alertAfterMs,
    pageAfterMs: times.pageAfterMs,
    lateMs,
    proposalMsMax: times.proposalMsMax,
    ...(operators !== undefined && { operators: new Set(operators) }),
  };
};
