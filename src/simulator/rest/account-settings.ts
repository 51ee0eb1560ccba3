import { type EpochMs } from '../../lib/time.ts';
import { type AssignmentPreference } from '../exchange/commands.ts';

export interface AssignmentChange {
  readonly deleted: boolean;
  readonly at: EpochMs;
  readonly preference: AssignmentPreference;
}

const CHANGES_MAX = 1_000;

/** What accounts set by REST alone, outside of the exchange. */
export class AccountSettings {
  readonly #offBookLeverage = new Map<string, string>();
  readonly #assignments = new Map<string, AssignmentChange[]>();

  /** Cap on leverage reached by assignments and RFQ fills (rest 2.6). */
  offBookMaxLeverage(account: string): string | undefined {
    return this.#offBookLeverage.get(account);
  }

  setOffBookMaxLeverage(account: string, value: string | undefined): void {
    if (value === undefined) this.#offBookLeverage.delete(account);
    else this.#offBookLeverage.set(account, value);
  }

  assignmentChanges(account: string): readonly AssignmentChange[] {
    return this.#assignments.get(account) ?? [];
  }

  recordAssignment(account: string, change: AssignmentChange): void {
    const changes = this.#assignments.get(account) ?? [];
    changes.push(change);
    if (changes.length > CHANGES_MAX) changes.shift();
    this.#assignments.set(account, changes);
  }
}
