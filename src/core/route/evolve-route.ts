import { type SessionName } from '../../domain/ids.ts';
import { type Fact } from '../fact.ts';
import { type Books, type Route } from '../state.ts';

/** What a fact does to the link that it is about. */
export const evolveRoute = (books: Books, fact: Fact): void => {
  switch (fact.type) {
    case 'RouteLost': {
      const { session, at, epoch, reason } = fact;
      const route = routeOf(books, session);
      const numbers = { epoch, sequenceEpoch: route.sequenceEpoch, ...answeredUntilNow(route) };
      books.routes.set(session, { session, phase: 'Down', since: at, ...numbers, reason });
      return;
    }
    case 'RouteRecovering': {
      const route = routeOf(books, fact.session);
      const numbers = fact.reset
        ? { sequenceEpoch: route.sequenceEpoch + 1, answeredSeqMax: 0, answeredNowSeqMax: 0 }
        : { sequenceEpoch: route.sequenceEpoch, ...answeredUntilNow(route) };
      const { session, at, epoch } = fact;
      books.routes.set(session, { session, phase: 'Recovering', since: at, epoch, ...numbers });
      // Numbers of the epoch before mean nothing any more.
      if (fact.reset) forgetNumbers(books, session);
      return;
    }
    case 'ResendAsked': {
      const route = routeOf(books, fact.session);
      const resendFrom = Math.min(route.resendFrom ?? fact.beginSeqNo, fact.beginSeqNo);
      books.routes.set(fact.session, { ...route, resendFrom });
      return;
    }
    case 'RoutePaused': {
      const { session, reason: pausedFor } = fact;
      books.routes.set(session, { ...routeOf(books, session), pausedFor });
      return;
    }
    case 'RouteOpened': {
      const route = routeOf(books, fact.session);
      books.routes.set(fact.session, { ...route, phase: 'Active', since: fact.at });
      return;
    }
    default:
  }
};

const NEVER_UP = {
  phase: 'Down',
  epoch: 0,
  sequenceEpoch: 0,
  answeredSeqMax: 0,
  answeredNowSeqMax: 0,
} as const;

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
