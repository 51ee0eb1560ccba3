import { type OutboundMessage } from '../../../../../../src/fix/codec/fix-message.ts';
import { type FixSession } from '../../../../../../src/fix/session/model/session-types.ts';
import { ok } from '../../../../../../src/lib/result.ts';
import { epochMs } from '../../../../../../src/lib/time.ts';
import { MarketDataService } from '../../../../../../src/simulator/gateways/fix/market-data/market-data-service.ts';
import { VirtualTime } from '../../../../../support/virtual-time.ts';
import { message } from '../../../../kraken/fix/market-data/market-data-frames.ts';
import { makeWorld, type World } from '../../../exchange/exchange-world.ts';

export const ETH = 'PF_ETHUSD';

interface Scene {
  readonly world: World;
  readonly time: VirtualTime;
  readonly say: (msgType: string, body: string) => readonly string[];
  /** What the exchange's events made the service send, as `35=X|55=…`. */
  readonly tell: (events: ReturnType<World['send']>) => readonly string[];
  readonly logouts: readonly string[];
}

export const textOf = ({ msgType, fields }: OutboundMessage): string =>
  [`35=${msgType}`, ...fields.map(([tag, value]) => `${tag}=${value.toString()}`)].join('|');

export const makeScene = (level: 'L2' | 'L3', listFragmentMax = 1_000): Scene => {
  const world = makeWorld();
  world.index('2500', ETH);
  const time = new VirtualTime();
  const sent: string[] = [];
  const logouts: string[] = [];
  const service = new MarketDataService({
    ...{ level, listFragmentMax, queries: world.exchange.queries, timers: time },
    now: () => epochMs(world.now()),
    idleDropMs: 60_000,
  });
  const subscriber = service.subscriber();
  const send = (outbound: OutboundMessage): ReturnType<FixSession['send']> => {
    sent.push(textOf(outbound));
    return ok({ msgSeqNum: sent.length });
  };
  const session: Pick<FixSession, 'send' | 'logout'> = {
    send,
    logout: (text = '') => void logouts.push(text),
  };
  subscriber.attach(session as FixSession);
  const at = epochMs(world.now());
  const logon = message('A', '98=0|108=30|141=Y|');
  subscriber.application.onLoggedOn({ at, epoch: 1, reset: true, logon });
  const context = { at, msgSeqNum: 2, possDup: false, possResend: false, epoch: 1 };
  return {
    world,
    time,
    logouts,
    say: (msgType, body) => {
      subscriber.application.onMessage(message(msgType, body), context);
      return sent.splice(0);
    },
    tell: (events) => {
      service.onBatch(events);
      return sent.splice(0);
    },
  };
};

export const request = (
  more: Partial<Record<'id' | 'kind' | 'depth' | 'extra' | 'types' | 'symbol', string>> = {},
): string => {
  const {
    id = '1',
    kind = '1',
    depth = '0',
    extra = '',
    types = '267=3|269=0|269=1|269=2|',
    symbol = ETH,
  } = more;
  return `262=${id}|263=${kind}|264=${depth}|265=1|${extra}${types}146=1|55=${symbol}|`;
};
export const L3 = { extra: '266=N|', types: '267=2|269=0|269=1|' };
