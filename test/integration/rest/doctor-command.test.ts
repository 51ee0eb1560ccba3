import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { doctorCommand } from '../../../src/cli/doctor/index.ts';
import { type CheckRow } from '../../../src/cli/doctor/check.ts';
import { makeLoopbackCertificate } from '../../../src/simulator/certificate.ts';
import { freePort } from '../../support/engine-process.ts';
import {
  type ConfiguredVenue,
  fundsKeyReference,
  makeFathom,
  readerKeyReference,
  type Sections,
  startConfiguredVenue,
} from './venue-with-config.ts';

describe('fathom doctor against the simulator', () => {
  let venue: ConfiguredVenue;
  let rest: { origin: string; caFile: string; credentials: object };
  before(async () => {
    venue = await startConfiguredVenue();
    const { simulator, folder } = venue;
    rest = {
      origin: `https://127.0.0.1:${simulator.restPort}`,
      caFile: join(folder, 'ca.pem'),
      credentials: { apiKey: { env: 'REST_API_KEY' }, apiSecret: { env: 'REST_API_SECRET' } },
    };
  });
  after(() => venue.stop());

  const run = async (args: string[], env: Record<string, string> = {}) => {
    const { io, taken } = makeFathom({ ...venue.env, ...env });
    await doctorCommand(io).parseAsync(args, { from: 'user' });
    const { out, exitCode } = taken();
    return { out, exitCode };
  };
  const examine = async (name: string, sections: Sections = {}, env = {}) => {
    const { out, exitCode } = await run(
      ['--json', '--config', venue.writeConfig(name, sections)],
      env,
    );
    for (const secret of Object.values(venue.env)) expect(out).not.to.include(secret);
    const { verdict, checks } = JSON.parse(out) as { verdict: string; checks: CheckRow[] };
    const row = (check: string): CheckRow => {
      const found = checks.find((one) => one.check === check);
      if (found === undefined) throw new Error(`no row ${check}: ${out}`);
      return found;
    };
    return { verdict, exitCode, checks, row };
  };

  it('finds nothing wrong with a venue and an engine that are well', async () => {
    const { verdict, exitCode, checks, row } = await examine('well');
    const amiss = checks.filter(({ verdict: one }) => one === 'fail' || one === 'warn');
    // The disk of a busy machine may be slow or full, and that is not what is tested.
    expect(amiss.filter(({ check }) => !check.startsWith('disk'))).to.deep.equal([]);
    expect(verdict).not.to.equal('fail');
    expect(exitCode).to.equal(0);
    for (const check of ['REST host', 'WebSocket host', `FIX trading localhost:${fixPort()}`]) {
      expect(row(check), check).to.include({ verdict: 'ok' });
      expect(row(check).detail).to.match(/TLSv1\.3 .* \(1 certificate\), 29 days left/);
    }
    expect(row('WebSocket challenge')).to.include({ verdict: 'ok' });
    expect(row('REST key').detail).to.include('read yes, trade yes, withdraw no');
    expect(row('clock').detail).to.match(/ahead of|behind/);
    expect(row('instruments').detail).to.include('PF_XBTUSD');
    expect(row('funds key')).to.include({ verdict: 'skipped' });
    expect(row('FIX trading logon')).to.include({ verdict: 'skipped' });
  });
  const fixPort = (): number => venue.simulator.tradingPort;

  it('shows a table with a verdict per line and a sum', async () => {
    const { out, exitCode } = await run(['--config', venue.writeConfig('table')]);
    expect(exitCode).to.equal(0);
    expect(out).to.match(/│ configuration +│ ok +│ kraken, uat/);
    expect(out).to.match(/doctor: \d+ ok, \d+ warnings, 0 failures, 2 skipped$/);
  });

  it('refuses a certificate that no trusted authority signed, and skips what needs the connection', async () => {
    const other = await makeLoopbackCertificate(new Date());
    const caFile = join(venue.folder, 'other.pem');
    writeFileSync(caFile, other.cert);
    const { exitCode, row } = await examine('authority', { rest: { ...rest, caFile } });
    expect(exitCode).to.equal(1);
    for (const check of ['REST host', 'WebSocket host']) {
      expect(row(check)).to.include({ verdict: 'fail' });
      expect(row(check).advice).to.include('caFile');
    }
    expect(row('REST answers').detail).to.equal('needs "REST host" first');
    expect(row('REST key')).to.include({ verdict: 'skipped' });
    expect(row(`FIX trading localhost:${fixPort()}`)).to.include({ verdict: 'ok' });
  });

  it('tells a closed port and a name that does not exist', async () => {
    const port = await freePort();
    const { exitCode, row } = await examine('closed', {
      rest: { ...rest, origin: `https://127.0.0.1:${port}` },
      webSocket: { url: 'wss://nobody.invalid/ws/v1' },
    });
    expect(exitCode).to.equal(1);
    expect(row('REST host')).to.include({ verdict: 'fail' });
    expect(row('REST host').detail).to.include('ECONNREFUSED');
    expect(row('WebSocket host').detail).to.include('nobody.invalid is not found');
  });

  it('measures the clock against the venue, and fails where a Logon would be refused', async () => {
    const { faults } = venue.simulator;
    try {
      faults.inject({ kind: 'clock-skew', skewMs: 60_000 });
      const far = await examine('far');
      expect(far.row('clock')).to.include({ verdict: 'fail' });
      expect(far.row('clock').detail).to.match(/clock is (?:59|60)\d{3}\.\d ms ahead of ours/);
      expect(far.exitCode).to.equal(1);
      faults.inject({ kind: 'clock-skew', skewMs: -3_000 });
      const near = await examine('near');
      expect(near.row('clock')).to.include({ verdict: 'warn' });
      expect(near.row('clock').detail).to.include('behind ours');
      expect(near.exitCode).to.equal(0);
    } finally {
      faults.inject({ kind: 'clock-skew', skewMs: 0 });
    }
  });

  it('tells a wrong secret, over REST and over the WebSocket', async () => {
    const { exitCode, row } = await examine(
      'secret',
      {},
      { REST_API_SECRET: Buffer.alloc(64, 7).toString('base64') },
    );
    expect(exitCode).to.equal(1);
    expect(row('REST key')).to.include({ verdict: 'fail' });
    expect(row('WebSocket challenge')).to.include({ verdict: 'fail' });
    expect(row('WebSocket answers')).to.include({ verdict: 'ok' });
  });

  it('shows no key, however the venue speaks of it, not even cut in two by its table', async () => {
    const key = `key-${'k'.repeat(70)}`;
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/instruments') === true) {
        response.end('{"result":"success","instruments":[]}');
        return;
      }
      const said = `${String(request.headers['apikey'])} is not known, nor ${venue.env['FIX_API_KEY'] ?? ''}`;
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ result: 'error', error: said }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = venue.writeConfig('echo', { rest: { ...rest, origin } });
    for (const form of [[], ['--json']]) {
      const { out } = await run(['--config', config, ...form], { REST_API_KEY: key });
      expect(out).to.match(/does not take this key.*<redacted>/s);
      for (const secret of [key.slice(0, 24), venue.env['FIX_API_KEY']?.slice(0, 12)])
        expect(out).to.not.include(secret);
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it('warns of rights that a key has too many or too few, and fails a funds key without its right', async () => {
    const tooMany = await examine('too-many', {
      rest: { ...rest, credentials: fundsKeyReference },
    });
    expect(tooMany.row('REST key')).to.include({ verdict: 'warn' });
    expect(tooMany.row('REST key').advice).to.include('withdraw');
    expect(tooMany.exitCode).to.equal(0);
    const reader = { rest: { ...rest, credentials: readerKeyReference } };
    const tooFew = await examine('too-few', reader);
    expect(tooFew.row('REST key')).to.include({ verdict: 'warn' });
    expect(tooFew.row('REST key').detail).to.include('read yes, trade no, withdraw no');
    const funds = await examine('funds', { funds: { credentials: readerKeyReference } });
    expect(funds.row('funds key')).to.include({ verdict: 'fail' });
    expect(funds.exitCode).to.equal(1);
  });

  it('holds tick, lot and kind of each instrument against the list of the venue', async () => {
    const linear = { contractType: 'linear', tickSize: '1', qtyStep: '0.0001', qtyMin: '0.0001' };
    const { exitCode, row } = await examine('instruments', {
      instruments: {
        PF_XBTUSD: { ...linear, tickSize: '0.5' },
        PF_ETHUSD: linear,
        PF_NONEUSD: linear,
        PI_XBTUSD: { ...linear, qtyStep: '1', qtyMin: '1' },
      },
    });
    expect(exitCode).to.equal(1);
    const { detail } = row('instruments');
    expect(detail).to.include('PF_XBTUSD tickSize is 1 at the venue, 0.5 here');
    expect(detail).to.include('PF_ETHUSD qtyStep is 0.001 at the venue, 0.0001 here');
    expect(detail).to.include('PF_NONEUSD is not listed');
    expect(detail).to.include('PI_XBTUSD is inverse, not linear');
  });

  it('names what is wrong with a configuration, with its secrets, and with their files', async () => {
    const broken = await examine('broken', { rest: { ...rest, orign: 'x' } });
    expect(broken.row('configuration')).to.include({ verdict: 'fail' });
    expect(broken.row('configuration').detail).to.include('rest.orign');
    expect(broken.row('REST')).to.include({ verdict: 'skipped' });
    expect(broken.exitCode).to.equal(1);
    const absent = await examine('absent', { rest: { ...rest, credentials: apart('NO_SUCH') } });
    expect(absent.row('secrets').detail).to.include('NO_SUCH_API_KEY is not set');
    expect(absent.row('REST answers')).to.include({ verdict: 'ok' });
    const file = join(venue.folder, 'secret');
    writeFileSync(file, venue.env['REST_API_SECRET'] ?? '');
    const credentials = { apiKey: { env: 'REST_API_KEY' }, apiSecret: { file } };
    for (const [mode, verdict] of [
      [0o644, 'warn'],
      [0o666, 'fail'],
      [0o600, 'ok'],
    ] as const) {
      chmodSync(file, mode);
      const { row } = await examine('modes', { rest: { ...rest, credentials } });
      expect(row('secrets').verdict, mode.toString(8)).to.equal(verdict);
    }
  });
  const apart = (name: string) => ({
    apiKey: { env: `${name}_API_KEY` },
    apiSecret: { env: `${name}_API_SECRET` },
  });

  it('looks at a venue by flags alone', async () => {
    const { simulator, folder } = venue;
    const { out, exitCode } = await run(
      [
        ...['--origin', rest.origin, '--ca-file', join(folder, 'ca.pem'), '--account', 'x'],
        ...['--url', `wss://127.0.0.1:${simulator.feedsPort}/ws/v1`],
      ],
      {
        FATHOM_REST_X_API_KEY: venue.env['REST_API_KEY'] ?? '',
        FATHOM_REST_X_API_SECRET: venue.env['REST_API_SECRET'] ?? '',
      },
    );
    expect(exitCode).to.equal(0);
    expect(out)
      .to.match(/WebSocket challenge +│ ok/)
      .and.to.match(/configuration +│ skipped/);
  });

  it('tells the end of life in a row', async () => {
    const { row } = await examine('end', { endOfLife: { noticeFrom: '2020-01-01' } });
    expect(row('end of life')).to.include({ verdict: 'warn' });
  });
});
