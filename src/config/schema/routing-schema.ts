import { choice, count, flag, milliseconds, seconds } from './kinds.ts';

/** When an account's orders may travel by REST instead of FIX, and when they go back. */
export const ROUTING = {
  fallback: choice(
    'Whether new orders of this account go by REST while its FIX session is down: `auto` once every condition holds, `manual` when an operator says so too (`fathom route fallback`), `off` never. Needs REST keys and the private feeds of the account.',
  )
    .of('off', 'manual', 'auto')
    .withDefault('off'),
  graceMs: milliseconds('How long FIX must be down before REST is considered.')
    .between(0, 600_000)
    .withDefault(5_000),
  codMaxMs: milliseconds(
    'Time after which the venue must have noticed a lost connection and cancelled on disconnect. REST takes new orders later than that, or once every order of the account is settled by evidence.',
  )
    .between(0, 600_000)
    .optional('2.5 × `heartBtIntSeconds` + 5 s'),
  ackSuspectMs: milliseconds(
    'An order without an answer for so long, with nothing later answered either, makes the session suspect: new orders are refused (ROUTE_CLOSED) until the venue answers. Cancels pass.',
  )
    .between(100, 60_000)
    .withDefault(2_000),
  writeStallMs: milliseconds(
    'Bytes that wait for so long without the connection taking any make the session suspect.',
  )
    .between(100, 60_000)
    .withDefault(5_000),
  restReservePoints: count(
    'Points of the REST budget that must be free before REST takes new orders: a kill, cancels, and one round of look-ups.',
  )
    .between(0, 400)
    .withDefault(60),
  restWithoutWs: flag(
    'Whether REST may take new orders without the private feeds: answers and fills are then only polled.',
  ).withDefault(false),
  deadManSwitchSeconds: seconds(
    'Time-out of the venue’s dead man’s switch while orders go by REST; renewed four times within it. It cancels every order of the account when the engine falls silent.',
  )
    .between(8, 3_600)
    .withDefault(60),
  handbackStableMs: milliseconds('How long FIX must be back in step before orders return to it.')
    .between(0, 3_600_000)
    .withDefault(30_000),
  flapDropsMax: count('Drops of FIX within `flapWindowMs` at which it counts as flapping.')
    .between(1, 100)
    .withDefault(3),
  flapWindowMs: milliseconds('Window in which drops are counted.')
    .between(1_000, 86_400_000)
    .withDefault(600_000),
  onFlap: choice(
    'What happens then, unless `fallback` is `off`: orders `stayOnRest` until the window is quiet or an operator hands back, or the account `halt`s until an operator resumes it.',
  )
    .of('stayOnRest', 'halt')
    .withDefault('stayOnRest'),
};
