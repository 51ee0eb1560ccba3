/** A broken invariant is a bug of ours: it ends the process, and no code catches it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly code = 'FATHOM_INVARIANT';
}

export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
