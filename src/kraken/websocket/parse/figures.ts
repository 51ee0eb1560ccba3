import { type DecimalText } from '../../../domain/ids.ts';
import { amount, type Field, lenient } from '../../json/readers.ts';

type CamelCase<N extends string> = N extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : N;

/** `total_unrealized_as_margin` is `totalUnrealizedAsMargin` here. */
const toCamelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Amounts of a frame by the venue's names, each of which may be absent. */
export const figureFields = <const N extends string>(
  ...names: readonly N[]
): Readonly<Record<CamelCase<N>, Field<DecimalText | undefined>>> =>
  Object.fromEntries(names.map((name) => [toCamelCase(name), lenient(name, amount)])) as Record<
    CamelCase<N>,
    Field<DecimalText | undefined>
  >;
