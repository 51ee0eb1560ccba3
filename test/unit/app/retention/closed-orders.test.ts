import { expect } from 'chai';
import { readdirSync, truncateSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ClosedOrders } from '../../../../src/app/retention/closed-orders.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { type VenueFill } from '../../../../src/domain/venue-report.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { archiveClosed, temporaryArchive } from '../../../support/archiving.ts';
import {
  type Bench,
  c,
  cancel,
  CLIENT,
  PF_XBTUSD,
  place,
  plain,
  replayed,
  SOURCE,
  text,
} from '../../../support/bench.ts';
import { canceled, execID, given, live, traded, v, type Step } from '../../../support/given.ts';

const DAYS_31 = 31 * 86_400_000;

describe('an order that left memory', () => {
  let archive: ClosedOrders;
  let dir: string;
  let remove: () => Promise<void>;
  beforeEach(() => {
    ({ archive, dir, remove } = temporaryArchive(() => undefined));
  });
  afterEach(() => remove());

  const archived: Step = (bench) => {
    archiveClosed(bench, archive);
  };
  const filled: readonly Step[] = [live('A'), traded('A', '10', '100', { execID: execID('T1') })];
  const canceledPart: readonly Step[] = [
    live('A'),
    traded('A', '4', '100', { execID: execID('T1') }),
    cancel('A-c', 'A'),
    canceled('A'),
  ];

  const isReplayable = ({ journal, manager, state }: Bench): void => {
    expect(plain(replayed(journal, manager))).to.deep.equal(plain(state));
  };

  it('takes nothing of memory, and its number is not used again', () => {
    const { bench } = given(...filled, archived).when();
    expect([...bench.state.orders.keys()]).to.deep.equal([]);
    expect(bench.state.seenExecIDs.size + bench.state.requests.size).to.equal(0);
    expect(bench.state.ordersArchived).to.equal(1);
    bench.input(place('B'));
    expect([...bench.state.orders.keys()]).to.deep.equal(['F2']);
    isReplayable(bench);
  });

  it('is not sent again when its ClOrdID comes again: the client hears that it was filled', () => {
    const { bench } = given(...filled, archived).when(place('A'));
    const [report] = bench.effectsOfType('ReportExecution');
    expect(report?.report.text).to.contain('DUPLICATE_CLORDID');
    expect(report?.report).to.include({ ordStatus: 'Filled', cumQty: '10' });
    expect(bench.effectsOfType('SendNewOrder')).to.deep.equal([]);
    isReplayable(bench);
  });

  it('takes a late fill, and the client gets it', () => {
    const { bench } = given(...canceledPart, archived).when((b) => {
      b.report({
        ...{ venueOrderID: v('A'), clOrdID: c(1), execType: 'Trade', ordStatus: 'Filled' },
        ...{ execID: execID('LATE'), lastQty: text('6'), lastPx: text('101') },
        ...{ cumQty: text('10'), leavesQty: text('0') },
      });
    });
    expect(bench.factsOfType('OrderFilled')).to.have.length(1);
    expect(
      bench.effectsOfType('ReportExecution').map(({ report }) => report.ordStatus),
    ).to.deep.equal(['Filled']);
    expect(bench.order('A')).to.include({ base: 'Filled', cumQty: '10' });
    isReplayable(bench);
  });

  it('takes the fill that a feed tells again for its own, and for no order of somebody else', () => {
    const told = (more: Partial<VenueFill> = {}): InputBody => ({
      type: 'VenueFillsSeen',
      source: { ...SOURCE, channel: 'rest' },
      fills: [
        {
          isLasting: true,
          fill: {
            ...{ type: 'Fill', fillID: 'f1', venueOrderID: v('A'), symbol: PF_XBTUSD, side: 'Buy' },
            ...{
              lastQty: text('10'),
              lastPx: text('100'),
              at: epochMs(1),
              venueCumQty: text('10'),
            },
            ...more,
          },
        },
      ],
    });
    const { bench } = given(...filled, archived).when(told());
    expect(bench.factsOfType('ExecutionLinked')[0]).to.include({ fillID: 'f1' });
    expect(bench.factsOfType('ExternalOrderAdopted')).to.deep.equal([]);
    expect(bench.order('A').cumQty).to.equal('10');
    archiveClosed(bench, archive);
    bench.facts.length = 0;
    bench.input(told());
    expect(bench.facts).to.deep.equal([]);
    bench.input(told({ fee: text('0.5'), feeCurrency: 'USD' }));
    expect(bench.factsOfType('ExecutionLinked')[0]).to.include({ fee: '0.5' });
    isReplayable(bench);
  });

  it('takes a bust of one of its fills', () => {
    const { bench } = given(...filled, archived).when((b) => {
      b.report({
        ...{ venueOrderID: v('A'), clOrdID: c(1), execType: 'TradeCancel', ordStatus: 'Filled' },
        ...{ execID: execID('BUST'), execRefID: execID('T1'), cumQty: text('0') },
      });
    });
    expect(bench.factsOfType('TradeCanceled')).to.have.length(1);
    expect(bench.order('A').cumQty).to.equal('0');
    isReplayable(bench);
  });

  it('stays away when a fill that it had comes again', () => {
    const { bench } = given(...filled, archived).when((b) => {
      b.report({
        ...{ venueOrderID: v('A'), clOrdID: c(1), execType: 'Trade', ordStatus: 'Filled' },
        ...{ execID: execID('T1'), lastQty: text('10'), lastPx: text('100') },
        ...{ cumQty: text('10'), leavesQty: text('0') },
      });
    });
    expect(bench.facts).to.deep.equal([]);
    expect(bench.state.orders.size).to.equal(0);
  });

  it('takes what comes again after a late fill, once more archived, only once', () => {
    const late: Step = (b) => {
      b.report({
        ...{ venueOrderID: v('A'), clOrdID: c(1), execType: 'Trade', ordStatus: 'Filled' },
        ...{ execID: execID('LATE'), lastQty: text('6'), lastPx: text('101') },
        ...{ cumQty: text('10'), leavesQty: text('0') },
      });
    };
    const { bench } = given(...canceledPart, archived, late, archived).when(late);
    expect(bench.facts).to.deep.equal([]);
    expect(bench.state.orders.size).to.equal(0);
  });

  it('is too late to cancel, and the refusal says what it is', () => {
    given(...filled, archived)
      .when(cancel('A-late', 'A'))
      .then({ type: 'OrderRecalled' }, { type: 'CancelRefused', code: 'TOO_LATE' });
  });

  it('keeps the ClOrdID of its cancel used', () => {
    given(...canceledPart, archived, live('B'))
      .when(cancel('A-c', 'B'))
      .then({ type: 'OrderRecalled' }, { type: 'CancelRefused', code: 'DUPLICATE_CLORDID' });
  });

  it('is still refused as used when the archive has forgotten what it was', () => {
    const later: Step = (b) => {
      b.at = epochMs(b.at + DAYS_31);
    };
    const forgotten: Step = (b) => {
      expect(archive.removeBefore(b.at)).to.have.length(1);
    };
    const lastDays: readonly Step[] = [later, live('B'), traded('B', '10'), archived, forgotten];
    const { bench } = given(...canceledPart, archived, ...lastDays, live('C')).when(
      place('A'),
      cancel('A-c', 'C'),
    );
    expect(bench.factsOfType('OrderRefused')[0]).to.include({
      code: 'DUPLICATE_CLORDID',
      ordRejReason: 6,
    });
    expect(bench.factsOfType('CancelRefused')[0]).to.include({ code: 'DUPLICATE_CLORDID' });
    expect(bench.effectsOfType('SendNewOrder')).to.deep.equal([]);
    // A fill of it belongs to nothing that is known: it is kept, and an operator hears of it.
    bench.report({ venueOrderID: v('A'), clOrdID: c(1), execType: 'Trade', lastQty: text('1') });
    expect(bench.state.quarantine.size).to.equal(1);
    expect(bench.alerts()).to.include('REPORT_QUARANTINED');
  });

  it('still counts as used when its record is damaged', () => {
    const damaged: Step = () => {
      const name = readdirSync(dir).find((file) => file.startsWith('orders-'))!;
      truncateSync(join(dir, name), statSync(join(dir, name)).size - 5);
    };
    const { bench } = given(...filled, archived, damaged).when(place('A'));
    expect(bench.factsOfType('OrderRefused')[0]).to.include({ code: 'DUPLICATE_CLORDID' });
  });

  it('stays in memory when it changed after it was archived', () => {
    const { bench } = given(...canceledPart).when((b) => {
      const orders = [...b.state.orders.values()].map((order) => ({
        order,
        names: b.state.namesByOrderID.get(order.orderID)!,
      }));
      b.report({
        ...{ venueOrderID: v('A'), clOrdID: c(1), execType: 'Trade', ordStatus: 'Canceled' },
        ...{ execID: execID('LATE'), lastQty: text('1'), lastPx: text('101'), cumQty: text('5') },
      });
      b.input({ type: 'ArchiveOrders', orders });
    });
    expect(bench.order('A').cumQty).to.equal('5');
    expect(bench.factsOfType('OrdersArchived')).to.deep.equal([]);
  });

  it('of another client has nothing to do with the same ClOrdID', () => {
    const { bench } = given(...filled, archived).when(
      place('A', {}, { client: 'fix:OTHER' as typeof CLIENT }),
    );
    expect(bench.factsOfType('OrderAccepted')).to.have.length(1);
    expect(archive.isUsed(CLIENT, 'A')).to.equal(true);
    expect(archive.isUsed(CLIENT, 'V-A')).to.equal(false);
  });
});
