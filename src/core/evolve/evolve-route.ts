import { type SessionName } from '../../domain/ids.ts';
import { type Fact, type ResendAsked } from '../fact.ts';
import { routingAfter } from './evolve-routing.ts';
import { type Books, type ResendProof, type Route } from '../state.ts';

/** What a fact does to the link that it is about. */
export const evolveRoute = (books: Books, fact: Fact): void => {
  switch (fact.type) {
    case 'RouteLost': {
      const { session, at, epoch, reason } = fact;
      const route = routeOf(books, session);
      const { sequenceEpoch, resendProofs } = route;
      const numbers = { epoch, sequenceEpoch, resendProofs, ...answeredUntilNow(route) };
      const routing = routingAfter(route, fact);
      books.routes.set(session, { session, phase: 'Down', since: at, ...numbers, reason, routing });
      return;
    }
    case 'RouteRecovering': {
      const route = routeOf(books, fact.session);
      const numbers = fact.reset
        ? { ...NO_NUMBERS, sequenceEpoch: route.sequenceEpoch + 1 }
        : {
            sequenceEpoch: route.sequenceEpoch,
            resendProofs: route.resendProofs,
            ...answeredUntilNow(route),
          };
      const { session, at, epoch } = fact;
      const link = { session, phase: 'Recovering', since: at, epoch } as const;
      books.routes.set(session, { ...link, ...numbers, routing: routingAfter(route, fact) });
      // A MsgSeqNum(34) of the previous sequence epoch means nothing in the new one.
      if (fact.reset) forgetNumbers(books, session);
      return;
    }
    case 'ResendAsked': {
      const route = routeOf(books, fact.session);
      const resendProofs = withProof(route, fact);
      books.routes.set(fact.session, { ...route, resendProofs });
      return;
    }
    case 'RoutePaused': {
      const { session, reason: pausedFor } = fact;
      books.routes.set(session, { ...routeOf(books, session), pausedFor });
      return;
    }
    case 'RouteOpened': {
      const route = routeOf(books, fact.session);
      // Every doubt was held against the proofs right before this.
      books.routes.set(fact.session, {
        ...route,
        phase: 'Active',
        since: fact.at,
        resendProofs: [],
        routing: routingAfter(route, fact),
      });
      return;
    }
    case 'RouteSuspected':
    case 'RouteTrusted':
    case 'RoutePhaseChanged':
    case 'RouteCommanded':
    case 'RouteBlocked':
    case 'DeadManSwitchAsked':
    case 'DeadManSwitchNoted': {
      const route = routeOf(books, fact.session);
      books.routes.set(fact.session, { ...route, routing: routingAfter(route, fact) });
      return;
    }
    default:
  }
};

const NO_NUMBERS = { answeredSeqMax: 0, answeredNowSeqMax: 0, resendProofs: [] } as const;

const NEVER_UP = { phase: 'Down', epoch: 0, sequenceEpoch: 0, ...NO_NUMBERS } as const;

/** One proof per connection; a second ResendRequest(2) on it can only widen the first. */
const withProof = (
  { resendProofs, answeredSeqMax }: Route,
  { epoch, beginSeqNo }: ResendAsked,
): readonly ResendProof[] => {
  const known = resendProofs.find((proof) => proof.epoch === epoch);
  const lowest = Math.min(known?.beginSeqNo ?? beginSeqNo, beginSeqNo);
  const isVoid = known?.isVoid === true || answeredSeqMax >= lowest;
  return [
    ...resendProofs.filter((proof) => proof !== known),
    { epoch, beginSeqNo: lowest, isVoid },
  ];
};

/** The connection is over: what it showed belongs to earlier connections from here on. */
const answeredUntilNow = ({ answeredSeqMax, answeredNowSeqMax }: Route) => ({
  answeredSeqMax: Math.max(answeredSeqMax, answeredNowSeqMax),
  answeredNowSeqMax: 0,
});

const routeOf = (books: Books, session: SessionName): Route =>
  books.routes.get(session) ?? { session, since: 0 as Route['since'], ...NEVER_UP };

const forgetNumbers = (books: Books, session: SessionName): void => {
  for (const key of books.clOrdIDBySeqNum.keys()) {
    if (key.startsWith(`${session}/`)) books.clOrdIDBySeqNum.delete(key);
  }
};
