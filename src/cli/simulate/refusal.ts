import { readFileSync } from 'node:fs';
import { fileFault } from '../../lib/files/file-fault.ts';

/**
 * Why a run does not begin: one line for the operator, about an option or the file that it names.
 */
export class StartRefusal extends Error {}

/** What went wrong, in one line. */
export const problemOf = (cause: unknown): string => {
  if (cause instanceof StartRefusal) return cause.message;
  if (!(cause instanceof Error)) return String(cause);
  const { code, port } = cause as Error & { readonly code?: string; readonly port?: number };
  if (code === 'EADDRINUSE') return `port ${port ?? '?'} is in use`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be used`;
  // The system's own text is a code, a call and a path: `ENOENT: no such file or directory, mkdir`.
  if (/^E[A-Z]+: /.test(cause.message)) return fileFault(cause);
  return cause.message.split('\n')[0] ?? 'failed';
};

/** The text of the file that an option names. Throws a Refusal. */
export const readFileOf = (option: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new StartRefusal(
      `${option} ${file}: ${code === 'ENOENT' ? 'there is no such file' : code}`,
    );
  }
};
