import { type OutboundMessage } from '../../../../../../src/fix/codec/fix-message.ts';
import { ok } from '../../../../../../src/lib/result.ts';
import { epochMs, toUtcTimestamp } from '../../../../../../src/lib/time.ts';
import { type ExchangeCommand } from '../../../../../../src/simulator/exchange/model/commands.ts';
import {
  DEFAULT_FIX_TOGGLES,
  type FixToggles,
} from '../../../../../../src/simulator/settings/fix-toggles.ts';
import { TradingService } from '../../../../../../src/simulator/gateways/fix/trading/trading-service.ts';
import { message } from '../../../../kraken/fix/market-data/market-data-frames.ts';
import { makeWorld, START, type World } from '../../../exchange/exchange-world.ts';

export const XBT = 'PF_XBTUSD';

/** A ClOrdID(11) of the scene's first moment; `n` tells them apart. */
export const comb = (n: number, ms = START): string => {
  const units = (ms * 100).toString(16).padStart(12, '0');
  return `${units.slice(0, 8)}-${units.slice(8)}-4abc-8ef0-${String(n).padStart(12, '0')}`;
};

export interface TradingScene {
  readonly world: World;
  /** A message of the client; the answers, as `35=8|6=0|…`. */
  readonly say: (msgType: string, body: string) => readonly string[];
  /** A NewOrderSingle(D): fields that differ from a buy of 0.01 at 80000. */
  readonly order: (clOrdID: string, fields?: Readonly<Record<number, string>>) => readonly string[];
  /** What events of other channels, or of time, made the service send. */
  readonly tell: (events: ReturnType<World['send']>) => readonly string[];
}

const textOf = ({ msgType, fields }: OutboundMessage): string =>
  [`35=${msgType}`, ...fields.map(([tag, value]) => `${tag}=${value.toString()}`)].join('|');

export const makeTradingScene = (toggles: Partial<FixToggles> = {}): TradingScene => {
  const world = makeWorld();
  world.index('84000');
  const sent: string[] = [];
  const service = new TradingService({
    submit: (command: ExchangeCommand) => {
      for (const event of world.send(command)) service.onEvent(event);
    },
    now: () => epochMs(world.now()),
    toggles: { ...DEFAULT_FIX_TOGGLES, ...toggles },
    disconnect: (compID) => sent.push(`disconnect ${compID}`),
    execIDStart: 1n,
    endedMax: 1_000,
  });
  const clientSession = service.clientSession({ compID: 'ME-DRV', account: 'A' });
  clientSession.attach({
    send: (outbound) => {
      sent.push(textOf(outbound));
      return ok({ msgSeqNum: sent.length });
    },
  });
  const at = epochMs(world.now());
  const context = { at, msgSeqNum: 2, possDup: false, possResend: false, epoch: 1 };
  const say = (msgType: string, body: string): readonly string[] => {
    clientSession.application.onMessage(message(msgType, body), context);
    return sent.splice(0);
  };
  return {
    world,
    say,
    order: (clOrdID, fields = {}) => {
      const all: Readonly<Record<number, string>> = {
        ...{ 11: clOrdID, 18: 's', 38: '0.01', 40: '2', 44: '80000', 54: '1', 55: XBT, 59: '1' },
        ...{ 60: toUtcTimestamp(at), ...fields },
      };
      const body = Object.entries(all).filter(([, value]) => value !== '');
      return say('D', body.map(([tag, value]) => `${tag}=${value}|`).join(''));
    },
    tell: (events) => {
      for (const event of events) service.onEvent(event);
      return sent.splice(0);
    },
  };
};

/** Value of a tag in `35=8|6=0|…`. */
export const tagOf = (text: string | undefined, tag: number): string | undefined =>
  `|${text ?? ''}|`.split(`|${tag}=`)[1]?.split('|')[0];

/** Tags in the order of a text. */
export const tagsOf = (text: string): readonly string[] =>
  text.split('|').map((field) => field.split('=')[0] ?? '');
