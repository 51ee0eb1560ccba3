import { type Config, type ConfiguredSession } from '../../config/config.ts';
import { type EngineState } from '../../core/state.ts';
import { sessionOrders } from '../../core/views.ts';
import { type FixSession } from '../../fix/session/model/session-types.ts';
import { defined } from '../../lib/defined.ts';
import { ok, type Result } from '../../lib/result.ts';
import { type Clock } from '../../lib/time.ts';
import { doubtSettingsOf } from '../doubts/doubt-settings.ts';
import { type DoubtVerbDeps, makeDoubtVerbs } from './doubt-verbs.ts';
import { openControl } from './control.ts';
import { type EngineLoop } from '../loop/engine-loop.ts';
import { cancelOpenOrders, type LeaveParts } from '../leave-venue.ts';
import { type KillSwitches, makeKillVerbs } from './kill-switches.ts';
import { type LimitVerbDeps, makeLimitVerbs } from './limit-verbs.ts';
import { makeOrderVerbs } from './order-verbs.ts';
import { openWithdrawals } from './withdrawals.ts';
import { tradingSessionsOf } from '../sessions/venue-access.ts';
import { type Setup } from '../sessions/open-sessions.ts';
import { type EngineStorage } from '../loop/storage.ts';
import { type VenueView } from '../venue-view/venue-view.ts';

/** Opens the control socket, with the withdrawals behind it. */
export const openControls = async (
  { config, deps, redactor, numbers }: Setup,
  { opened }: EngineStorage,
  {
    sessions,
    venueView: web,
    loop,
    leaving,
    kill,
    limits,
  }: {
    readonly limits: LimitVerbDeps;
    readonly venueView: VenueView;
    readonly loop: EngineLoop;
    readonly sessions: () => readonly FixSession[];
    readonly leaving: LeaveParts;
    readonly kill: KillSwitches;
  },
): Promise<Result<{ readonly close: () => Promise<void> }, string>> => {
  const money = await openWithdrawals(config, { ...deps, budgetsOf: web.budgetsOf });
  if (!money.ok) return money;
  const control = await openControl({
    path: config.engine.controlSocket,
    sessions,
    aboutSession: (name) => ({
      ...defined({ mendedBy: numbers.mendedBy(name) }),
      ...aboutAccount(config, loop.state, name),
    }),
    resetsAtLogon: (name) => resetsAtLogon(config.sessions.find((one) => one.name === name)),
    onTargetRaised: (name, from) => {
      numbers.onTargetRaised(name, from);
    },
    beforeEnd: async (name) => {
      const account = leaving.accounts.find(({ session }) => session === name);
      if (account === undefined) return 'quiet';
      if (await cancelOpenOrders(leaving, account, 'session')) return 'quiet';
      return account.cancelsOnDisconnect && account.cancelsOnLogout ? 'cut' : 'keep';
    },
    handlers: {
      ...money.value.handlers,
      ...web.handlers,
      ...makeOrderVerbs(() => loop.state),
      ...makeKillVerbs(kill),
      ...makeLimitVerbs(limits),
      ...makeDoubtVerbs(doubtDeps(config, loop, deps.clock)),
    },
    journal: opened.journal,
    ...{ clock: deps.clock, logger: deps.logger, redactor },
  });
  if (!control.ok) {
    await money.value.close();
    return control;
  }
  const close = async (): Promise<void> => {
    await control.value.close();
    await money.value.close();
  };
  return ok({ close });
};

const doubtDeps = (config: Config, loop: EngineLoop, clock: Clock): DoubtVerbDeps => {
  const sessions = tradingSessionsOf(config);
  return {
    ...{ loop, clock, settings: doubtSettingsOf(config, sessions) },
    accountOf: (name) => sessions.find((session) => session.name === name)?.account ?? name,
  };
};

/** Of a trading session: its account and its orders. */
const aboutAccount = (
  config: Config,
  state: EngineState,
  name: string,
): Readonly<Record<string, unknown>> => {
  const trading = tradingSessionsOf(config).find((session) => session.name === name);
  if (trading === undefined) return {};
  return { account: trading.account, ...sessionOrders(state, trading.name) };
};

const resetsAtLogon = (session: ConfiguredSession | undefined): boolean => {
  if (session === undefined) return false;
  return session.role === 'client'
    ? session.resetPolicy.onLogon
    : session.resetSeqNumFlag === 'on-logon';
};
