import { expect } from 'chai';
import { makeMetrics } from '../../../src/observability/metrics.ts';

describe('metrics', () => {
  it('expose sessions, sequence numbers, rejects and garbled frames by session', async () => {
    const metrics = makeMetrics({ engine: 'e1' });
    metrics.sessionUp('trading', true);
    metrics.sequence('trading', 'out', 42);
    metrics.gapMessages('trading', 3);
    metrics.resendRequest('trading', 'in');
    metrics.reject({ session: 'trading', dir: 'in', type: '3', reason: '5' });
    metrics.garbled('desk1');
    metrics.garbled('desk1');
    metrics.duplicate('desk1', 'PossDup');
    const text = await metrics.text();
    expect(text).to.contain('fathom_fix_session_up{session="trading",engine="e1"} 1\n');
    expect(text).to.contain('fathom_fix_seq{session="trading",dir="out",engine="e1"} 42\n');
    expect(text).to.contain('fathom_fix_gap_messages{session="trading",engine="e1"} 3\n');
    expect(text).to.contain(
      'fathom_fix_resend_requests_total{session="trading",dir="in",engine="e1"} 1\n',
    );
    expect(text).to.contain(
      'fathom_fix_rejects_total{session="trading",dir="in",type="3",reason="5",engine="e1"} 1\n',
    );
    expect(text).to.contain('fathom_fix_garbled_total{session="desk1",engine="e1"} 2\n');
    expect(text).to.contain(
      'fathom_fix_duplicates_total{session="desk1",flag="PossDup",engine="e1"} 1\n',
    );
    metrics.sessionUp('trading', false);
    expect(await metrics.text()).to.contain(
      'fathom_fix_session_up{session="trading",engine="e1"} 0\n',
    );
  });

  it('count orders and measure their latencies in buckets from 50 µs to 10 s', async () => {
    const metrics = makeMetrics({ engine: 'e1' });
    metrics.order('filled');
    metrics.riskReject('ORDER_QTY_MAX');
    metrics.ordersOpen(7);
    metrics.ordersInDoubt(new Map([['D2', 1]]));
    metrics.orderLatency('ack', 0.0003);
    metrics.journalAppend(0.002);
    metrics.alert('JOURNAL_UNWRITABLE');
    const text = await metrics.text();
    expect(text).to.contain('fathom_orders_total{event="filled",engine="e1"} 1\n');
    expect(text).to.contain('fathom_risk_rejects_total{code="ORDER_QTY_MAX",engine="e1"} 1\n');
    expect(text).to.contain('fathom_orders_open{engine="e1"} 7\n');
    expect(text).to.contain('fathom_orders_in_doubt{class="D2",engine="e1"} 1\n');
    expect(text).to.contain(
      'fathom_order_latency_seconds_bucket{le="0.00025",engine="e1",stage="ack"} 0\n',
    );
    expect(text).to.contain(
      'fathom_order_latency_seconds_bucket{le="0.0005",engine="e1",stage="ack"} 1\n',
    );
    expect(text).to.contain('fathom_order_latency_seconds_count{engine="e1",stage="ack"} 1\n');
    expect(text).to.contain('fathom_journal_append_seconds_count{engine="e1"} 1\n');
    expect(text).to.contain('fathom_alerts_total{code="JOURNAL_UNWRITABLE",engine="e1"} 1\n');
  });

  it('keep two engines of one process apart', async () => {
    const [one, two] = [makeMetrics({ engine: 'one' }), makeMetrics({ engine: 'two' })];
    one.order('placed');
    expect(await two.text()).not.to.contain('event="placed"');
    expect(one.contentType).to.match(/^text\/plain/);
  });

  it('can include the process itself', async () => {
    expect(await makeMetrics({ engine: 'e1', processMetrics: true }).text()).to.contain(
      'fathom_nodejs_eventloop_lag_seconds',
    );
  });
});
