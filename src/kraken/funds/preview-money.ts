import { makeRestFundsGateway } from '../rest/funds/funds-gateway.ts';
import { type HttpRequest } from '../rest/http-request.ts';
import { makeCalls } from '../rest/raw-client.ts';
import { notSent } from '../rest/reply.ts';
import { type MoneyRequest } from './money-request.ts';
import { sendMoney } from './send-money.ts';

/** A REST call as it would be written, but for the headers that sign it. */
export interface MoneyCall {
  readonly method: string;
  readonly path: string;
  readonly parameters: string;
}

/**
 * What `sendMoney` would write: made by the very same code, over a wire that writes nothing.
 * `undefined`: nothing would leave.
 */
export const previewMoney = async (request: MoneyRequest): Promise<MoneyCall | undefined> => {
  const written: HttpRequest[] = [];
  const nowhere = makeCalls((http) => {
    written.push(http);
    return Promise.resolve(notSent('Closed', 'a dry run'));
  });
  await sendMoney(makeRestFundsGateway(nowhere), request);
  const [http] = written;
  if (http === undefined) return undefined;
  const { method, path, query, body } = http;
  return { method, path, parameters: [query, body].filter((text) => text !== '').join('&') };
};
