import { type Result } from '../../src/lib/result.ts';

/** The value of a result that a test takes for granted; its error fails the test. */
export const okValue = <T>(result: Result<T, string>): T => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
