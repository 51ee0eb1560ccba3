import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { systemClock } from '../../app/system-clock.ts';
import { callControl } from '../../control/control-client.ts';
import { type ControlArgs } from '../../control/control-message.ts';
import { makeOperatorKey, signVerdict } from '../../kraken/funds/approval.ts';
import {
  digestOf,
  faultOfMoneyTexts,
  type MoneyTerms,
  proposalDigestOf,
  type Verdict,
} from '../../kraken/funds/money-request.ts';
import { faultOfMode, MODE } from '../../lib/files/open-mode.ts';
import { Secret } from '../../lib/secret.ts';
import { epochMs } from '../../lib/time.ts';
import { type CliIo, EXIT, processIo } from '../shared/cli-io.ts';
import { sayEndOfLifeBy } from '../shared/venue-options.ts';
import { controlAddressOf, type EngineOptions } from '../shared/control-address.ts';
import {
  dryRunToText,
  type MoneyCaseShown,
  type MoneyShown,
  signedToText,
  unsentToText,
} from './money-text.ts';
import { resultToText } from '../shared/result-text.ts';

interface WithdrawOptions extends EngineOptions {
  readonly json?: boolean;
}
interface Asking extends WithdrawOptions {
  readonly by: string;
}
interface Signing extends WithdrawOptions {
  readonly operator: string;
  readonly key: string;
  readonly yes?: boolean;
}
interface Proposing extends WithdrawOptions {
  readonly kind: string;
  readonly account: string;
  readonly currency: string;
  readonly amount: string;
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly key: string;
}

/** Longer than the HTTP time-out of a withdrawal, which the engine waits for. */
const SEND_TIMEOUT_MS = 60_000;

/** `fathom withdraw …`: move money out of the account, with two operators' signatures. */
export const withdrawCommand = (io: CliIo = processIo): Command =>
  new Command('withdraw')
    .description('withdraw and transfer money; two operators must approve, each with a key')
    .addCommand(keygenCommand(io))
    .addCommand(proposeCommand(io))
    .addCommand(signCommand(io, 'approve', 'Approve', 'approve a request with your key'))
    .addCommand(sendCommand(io))
    .addCommand(plainCommand(io, 'cancel', 'take back a request that was not sent'))
    .addCommand(plainCommand(io, 'investigate', 'look for money in doubt in the account log'))
    .addCommand(
      signCommand(io, 'resolve-done', 'ResolveDone', 'settle a doubt: the money has gone'),
    )
    .addCommand(
      signCommand(io, 'resolve-not-done', 'ResolveNotDone', 'settle a doubt: it has not gone'),
    )
    .addCommand(showCommand(io))
    .addCommand(listCommand(io))
    .hook('preAction', (_withdraw, command) => {
      if (command.name() !== 'keygen') sayEndOfLifeBy(command.opts<WithdrawOptions>().config, io);
    });

const withEngine = (command: Command): Command =>
  command
    .option('-c, --config <file>', 'the configuration of the running engine')
    .option('-s, --socket <path>', 'its control socket, instead of --config')
    .option('--json', 'print JSON');

const keygenCommand = (io: CliIo): Command =>
  new Command('keygen')
    .description("make an operator's key; the public part goes into the configuration")
    .requiredOption('--out <file>', 'where the private key is written, for the owner only')
    .action(({ out }: { out: string }) => {
      const { privateKeyPem, publicKeyPem } = makeOperatorKey();
      try {
        // 'wx': an existing key is never overwritten.
        writeFileSync(out, privateKeyPem, { mode: 0o600, flag: 'wx' });
        io.out(publicKeyPem.trim());
      } catch (error) {
        io.err(error instanceof Error ? error.message : 'the key cannot be written');
        io.setExitCode(EXIT.failed);
      }
    });

const proposeCommand = (io: CliIo): Command =>
  withEngine(new Command('propose').description('propose to move money; nothing is sent'))
    .requiredOption('--account <name>', 'whose money')
    .requiredOption('--currency <currency>', 'as the venue writes it, e.g. xbt')
    .requiredOption('--amount <amount>', 'plain decimal')
    .requiredOption('--by <name>', 'who proposes: your name in the configuration')
    .requiredOption('--key <file>', 'your private key, from keygen')
    .option('--kind <kind>', 'Withdrawal, WalletTransfer or SubaccountTransfer', 'Withdrawal')
    .option('--from <wallet>', 'wallet debited; <account uid>/<wallet> for subaccounts', 'cash')
    .option('--to <wallet>', 'wallet credited', 'spot')
    .action(async (options: Proposing) => {
      const { kind, account, currency, amount, from, to, by } = options;
      const terms = { kind, account, currency, amount, from, to, proposedBy: by } as MoneyTerms;
      const mark = {
        reference: randomBytes(16).toString('hex'),
        signedAt: epochMs(Math.floor((io.now ?? systemClock.wall)())),
      };
      const digest = proposalDigestOf(terms, mark);
      const signature = signWith(io, options.key, 'Propose', digest);
      if (signature === undefined) return;
      const args = { kind, account, currency, amount, from, to, by, ...mark, signature };
      await run(io, options, 'withdraw.propose', args);
    });

const plainCommand = (io: CliIo, name: string, about: string): Command =>
  withRequest(name, about).action(async (id: string, options: Asking) => {
    await run(io, options, `withdraw.${name}`, { id, by: options.by });
  });

const withRequest = (name: string, about: string): Command =>
  withEngine(new Command(name).description(about).argument('<id>', 'the request')).requiredOption(
    '--by <name>',
    'who asks',
  );

const sendCommand = (io: CliIo): Command =>
  withRequest('send', 'send a request that two operators approved').action(
    async (id: string, options: Asking) => {
      const answer = await run(io, options, 'withdraw.send', { id, by: options.by });
      if (answer === undefined) return;
      const text = unsentToText(answer as MoneyCaseShown);
      if (text === undefined) return;
      io.err(text);
      io.setExitCode(EXIT.failed);
    },
  );

const showCommand = (io: CliIo): Command =>
  withEngine(
    new Command('dry-run')
      .description('show a request, what would be sent, and what is missing')
      .argument('<id>', 'the request'),
  ).action(async (id: string, options: WithdrawOptions) => {
    const shown = await call(io, options, 'withdraw.show', { id });
    if (shown === undefined) return;
    io.out(
      options.json === true
        ? JSON.stringify(shown, undefined, 2)
        : dryRunToText(shown as MoneyShown),
    );
  });

const listCommand = (io: CliIo): Command =>
  withEngine(new Command('list').description('all requests and where they stand')).action(
    async (options: WithdrawOptions) => {
      await run(io, options, 'withdraw.list', {});
    },
  );

const signCommand = (io: CliIo, name: string, verdict: Verdict, about: string): Command =>
  withEngine(new Command(name).description(about).argument('<id>', 'the request'))
    .requiredOption('--operator <name>', 'your name in the configuration')
    .requiredOption('--key <file>', 'your private key, from keygen')
    .option('--yes', 'sign what is shown; without it the request is only shown')
    .action(async (id: string, options: Signing) => {
      const shown = await call(io, options, 'withdraw.show', { id });
      if (shown === undefined) return;
      const { request } = shown as MoneyShown;
      const fault = faultOfMoneyTexts(request);
      if (fault !== undefined) {
        io.err(`request ${id} cannot be signed: ${fault}`);
        io.setExitCode(EXIT.failed);
        return;
      }
      // The digest is made here, from what is printed: what you see is what you sign.
      const digest = digestOf(request);
      io.err(signedToText(request, digest));
      if (options.yes !== true) {
        io.err('nothing was signed: run it again with --yes if this is what you want');
        return;
      }
      const signature = signWith(io, options.key, verdict, digest);
      if (signature === undefined) return;
      const verb = verdict === 'Approve' ? 'withdraw.approve' : 'withdraw.resolve';
      const args = { id, operator: options.operator, verdict, digest, signature };
      await run(io, options, verb, args);
    });

/** `undefined` once the problem with the file has been printed, without any of its content. */
const signWith = (io: CliIo, path: string, verdict: Verdict | 'Propose', digest: string) => {
  const fault = faultOfMode(path, MODE.anyOther);
  if (fault !== undefined) {
    io.err(`${fault}: who reads it signs in your name`);
    io.setExitCode(EXIT.failed);
    return undefined;
  }
  try {
    return signVerdict(new Secret(readFileSync(path, 'utf8')), verdict, digest);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no private key';
    io.err(`${path}: ${code}: give the file that keygen wrote`);
    io.setExitCode(EXIT.failed);
    return undefined;
  }
};

const run = async (
  io: CliIo,
  options: WithdrawOptions,
  verb: string,
  args: ControlArgs,
): Promise<unknown> => {
  const result = await call(io, options, verb, args);
  if (result === undefined) return undefined;
  io.out(options.json === true ? JSON.stringify(result, undefined, 2) : resultToText(result));
  return result;
};

/** The engine's answer; `undefined` after its refusal was printed and the exit code set. */
const call = async (
  io: CliIo,
  options: WithdrawOptions,
  verb: string,
  args: ControlArgs,
): Promise<unknown> => {
  const address = controlAddressOf(options, io);
  if (address === undefined) {
    io.setExitCode(EXIT.badConfiguration);
    return undefined;
  }
  const answer = await callControl(address.socket, verb, args, SEND_TIMEOUT_MS);
  if (answer.ok) return answer.value;
  io.err(`${answer.error.code}: ${answer.error.message}`);
  io.setExitCode(answer.error.code === 'NO_ENGINE' ? EXIT.noEngine : EXIT.failed);
  return undefined;
};
