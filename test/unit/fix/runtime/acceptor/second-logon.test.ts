import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { systemClock, systemTimers } from '../../../../../src/app/system-clock.ts';
import {
  type AcceptedSession,
  type FixAcceptor,
  makeAcceptor,
} from '../../../../../src/fix/runtime/acceptor/acceptor.ts';
import { makeMemoryStore } from '../../../../../src/fix/runtime/memory-store.ts';
import { stockDictionary } from '../../../../conformance/stage.ts';
import { RawFixClient } from '../../../../support/raw-fix-client.ts';
import { until } from '../../../../support/until.ts';

const COMP_IDS = { sender: 'DESK1', target: 'FATHOM' };
const RIGHT = '98=0|108=30|553=desk|554=right';

describe('a second Logon while the first connection is up', function () {
  this.timeout(240_000);
  const sockets: Socket[] = [];
  let acceptor: FixAcceptor | undefined;
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await acceptor?.close();
    acceptor = undefined;
  });

  const listen = async (options: Partial<AcceptedSession> = {}): Promise<number> => {
    acceptor = makeAcceptor({
      listen: { host: '127.0.0.1', port: 0 },
      sessions: [
        {
          settings: {
            ...{ id: 'desk1', beginString: 'FIX.4.4' },
            ...{ senderCompID: 'FATHOM', targetCompID: 'DESK1' },
            heartBtIntMinSeconds: 0,
          },
          application: {
            onLoggedOn: () => undefined,
            onLoggedOut: () => undefined,
            onMessage: () => undefined,
          },
          authenticate: (message) =>
            message.get(554) === 'right' ? undefined : 'invalid credentials',
          onSecondConnection: 'replace-silent',
          store: makeMemoryStore(),
          ...options,
        },
      ],
      dictionary: stockDictionary('FIX.4.4'),
      ...{ clock: systemClock, timers: systemTimers },
    });
    return (await acceptor.listen()).port;
  };

  const open = async (port: number): Promise<{ client: RawFixClient; socket: Socket }> => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    return { client: new RawFixClient(socket, COMP_IDS), socket };
  };

  const logOn = async (port: number, body = RIGHT): Promise<RawFixClient> => {
    const { client } = await open(port);
    client.send('A', body);
    await client.expect(({ type }) => type === 'A', 'Logon answered');
    return client;
  };

  const secondOf = async (port: number, body = RIGHT, seqNum = 2): Promise<RawFixClient> => {
    const { client } = await open(port);
    client.sendRaw(client.frameOf('A', seqNum, body));
    return client;
  };

  for (const heartBtInt of [0, 5, 30]) {
    it(`replaces a silent one within seconds, HeartBtInt(108) ${heartBtInt}`, async () => {
      const port = await listen();
      const dead = await logOn(port, `98=0|108=${heartBtInt}|553=desk|554=right`);
      const again = await secondOf(port);
      await again.expect(({ type }) => type === 'A', 'in again');
      expect(dead.isClosed || dead.received.some((message) => message.get('35') === '1')).to.equal(
        true,
      );
      await until(() => dead.isClosed, 'the silent one is cut');
    });
  }

  it('lets in the next one when the second has left before the first was cut', async () => {
    const port = await listen();
    const dead = await logOn(port);
    const hasty = await secondOf(port);
    await dead.expect(({ type }) => type === '1', 'asked whether it lives');
    hasty.close();
    await until(() => dead.isClosed, 'the silent one is cut');
    const again = await secondOf(port);
    await again.expect(({ type }) => type === 'A', 'in again');
  });

  it('is refused with the reason while the first one answers, which goes on', async () => {
    const port = await listen();
    const first = await logOn(port);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const seen = first.received.length;
      const second = await secondOf(port, RIGHT, first.nextSeqNum);
      const asked = await first.expect(({ type }) => type === '1', 'asked', seen);
      first.send('0', `112=${asked.get('112') ?? ''}`);
      const refused = await second.expect(({ type }) => type === '5', 'refused');
      expect(refused.get('58')).to.equal('session desk1 is connected already');
    }
    expect(first.isClosed).to.equal(false);
    expect(acceptor?.session('desk1')?.view().phase).to.equal('LoggedOn');
  });

  it('is in the session’s log when it is refused, with its answer, and a flood of them is bounded', async () => {
    for (const onSecondConnection of ['refuse-new', 'replace-silent'] as const) {
      const lines: string[] = [];
      const write = (arrow: string) => (bytes: Buffer) => {
        lines.push(`${arrow} ${bytes.toString('latin1')}`);
      };
      const event = (text: string): void => {
        lines.push(`- ${text}`);
      };
      const log = { inbound: write('<'), outbound: write('>'), event };
      const port = await listen({ onSecondConnection, log });
      const first = await logOn(port);
      const said = lines.length;
      for (let attempt = 0; attempt < 25; attempt += 1) {
        const seen = first.received.length;
        const second = await secondOf(port, RIGHT, 77);
        if (onSecondConnection === 'replace-silent') {
          const asked = await first.expect(({ type }) => type === '1', 'asked', seen);
          first.send('0', `112=${asked.get('112') ?? ''}`);
        }
        await second.expect(({ type }) => type === '5', 'refused');
      }
      const refused = lines.slice(said).filter((line) => line.includes('\x0134=77\x01'));
      const why = lines.filter((line) => line.startsWith('- LOGON_REFUSED: session desk1 is conn'));
      const answers = lines.filter((line) =>
        line.includes('58=session desk1 is connected already'),
      );
      expect(refused.length, onSecondConnection).to.be.within(1, 20);
      expect(why).to.have.length(refused.length);
      expect(answers).to.have.length(refused.length);
      expect(answers[0]).to.match(/^> 8=FIX\.4\.4.*\x0135=5\x01/);
      await acceptor?.close();
    }
  });

  for (const [what, body] of [
    ['a wrong password', '98=0|108=30|553=desk|554=wrong'],
    ['no password', '98=0|108=30'],
    ['a wrong password and a reset', '98=0|108=30|141=Y|553=desk|554=wrong'],
  ] as const) {
    for (const onSecondConnection of ['replace-silent', 'evict-old'] as const) {
      it(`with ${what} never disturbs the first (${onSecondConnection})`, async () => {
        const port = await listen({ onSecondConnection });
        const first = await logOn(port);
        const seen = first.received.length;
        const stranger = await secondOf(port, body);
        const refused = await stranger.expect(({ type }) => type === '5', 'refused');
        expect(refused.get('58')).to.equal('invalid credentials');
        expect(first.isClosed).to.equal(false);
        expect(first.received.slice(seen), 'it is not even asked').to.deep.equal([]);
      });
    }
  }

  it('takes over at once where the setting says so', async () => {
    const port = await listen({ onSecondConnection: 'evict-old' });
    const first = await logOn(port);
    const second = await secondOf(port);
    await second.expect(({ type }) => type === 'A', 'in');
    await until(() => first.isClosed, 'the first is cut');
  });

  it('is refused with the reason where the setting says so', async () => {
    const port = await listen({ onSecondConnection: 'refuse-new' });
    await logOn(port);
    const second = await secondOf(port);
    const refused = await second.expect(({ type }) => type === '5', 'refused');
    expect(refused.get('58')).to.equal('session desk1 is connected already');
  });

  it('refused Logons fill no log: 20 in ten seconds are written', async () => {
    let frames = 0;
    const count = (): void => {
      frames += 1;
    };
    const port = await listen({ log: { inbound: count, outbound: count, event: () => undefined } });
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const { client, socket } = await open(port);
      client.send('A', '98=0|108=9999|553=desk|554=right');
      await client.expect(({ type }) => type === '5', 'refused');
      socket.destroy();
    }
    expect(frames).to.be.within(20, 60);
  });

  for (const [heartBtInt, isIn] of [
    [0, false],
    [4, false],
    [5, true],
    [60, true],
    [61, false],
  ] as const) {
    it(`HeartBtInt(108) ${heartBtInt} is ${isIn ? 'taken' : 'refused'} between 5 and 60`, async () => {
      const port = await listen({
        settings: {
          ...{ id: 'desk1', beginString: 'FIX.4.4' },
          ...{ senderCompID: 'FATHOM', targetCompID: 'DESK1' },
          ...{ heartBtIntMinSeconds: 5, heartBtIntMaxSeconds: 60 },
        },
      });
      const { client } = await open(port);
      client.send('A', `98=0|108=${heartBtInt}|553=desk|554=right`);
      const answer = await client.expect(({ type }) => type === 'A' || type === '5', 'answered');
      expect(answer.get('35')).to.equal(isIn ? 'A' : '5');
      if (!isIn) expect(answer.get('58')).to.include('must be from 5 to 60 seconds');
    });
  }

  it('both ends ask the operating system whether the other machine is there', async function () {
    if (process.platform !== 'linux') this.skip();
    const port = await listen();
    await logOn(port);
    const ours = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => {
        return local?.endsWith(`:${hex(port)}`) === true && state === ESTABLISHED;
      });
    // The timer that is active: 2 is keepalive.
    expect(ours.map(([, , , , , timer]) => timer?.slice(0, 2))).to.deep.equal(['02']);
  });
});

const ESTABLISHED = '01';
const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
