import { defined } from '../../../../lib/defined.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type AssignmentPreference } from '../../../exchange/model/commands.ts';

interface AssignmentChange {
  readonly deleted: boolean;
  readonly at: EpochMs;
  readonly preference: AssignmentPreference;
}

/** A change of a setting, as the state keeper records it. */
export type SettingsNote =
  | {
      readonly about: 'off-book-leverage';
      readonly account: string;
      /** Left out when the cap is lifted. */
      readonly value?: string;
    }
  | { readonly about: 'assignment'; readonly account: string; readonly change: AssignmentChange };

const CHANGES_MAX = 1_000;

/** Settings that accounts change by REST only; the exchange does not know them. */
export class AccountSettings {
  readonly #onChange: ((note: SettingsNote) => void) | undefined;
  readonly #offBookLeverage = new Map<string, string>();
  readonly #assignments = new Map<string, AssignmentChange[]>();

  constructor(onChange?: (note: SettingsNote) => void) {
    this.#onChange = onChange;
  }

  /** Cap on leverage reached by assignments and RFQ fills [rest 2.6]. */
  offBookMaxLeverage(account: string): string | undefined {
    return this.#offBookLeverage.get(account);
  }

  setOffBookMaxLeverage(account: string, value: string | undefined): void {
    this.#change({
      about: 'off-book-leverage',
      account,
      ...defined({ value }),
    });
  }

  assignmentChanges(account: string): readonly AssignmentChange[] {
    return this.#assignments.get(account) ?? [];
  }

  recordAssignment(account: string, change: AssignmentChange): void {
    this.#change({ about: 'assignment', account, change });
  }

  /** Applies a change that a previous run recorded. */
  apply(note: SettingsNote): void {
    const { account } = note;
    if (note.about === 'off-book-leverage') {
      if (note.value === undefined) this.#offBookLeverage.delete(account);
      else this.#offBookLeverage.set(account, note.value);
      return;
    }
    const changes = this.#assignments.get(account) ?? [];
    changes.push(note.change);
    if (changes.length > CHANGES_MAX) changes.shift();
    this.#assignments.set(account, changes);
  }

  #change(note: SettingsNote): void {
    this.#onChange?.(note);
    this.apply(note);
  }
}
