import { type Outcome } from './play.ts';

/** How to play a seed again, and what it broke. */
export const failureText = ({ seed, breaches }: Pick<Outcome, 'seed' | 'breaches'>): string =>
  `SEED=${seed} npm run test:simulation\n  ${breaches.join('\n  ')}`;

/** Sums over many seeds. */
export class Tally {
  readonly sums: Record<string, number> = {};
  readonly residuals: Record<string, number> = {};
  seeds = 0;
  failed = 0;

  add({ counts, residuals, breaches }: Outcome): void {
    this.seeds += 1;
    if (breaches.length > 0) this.failed += 1;
    for (const [name, value] of Object.entries(counts))
      this.sums[name] = (this.sums[name] ?? 0) + value;
    for (const { doubt } of residuals) this.residuals[doubt] = (this.residuals[doubt] ?? 0) + 1;
  }
}
