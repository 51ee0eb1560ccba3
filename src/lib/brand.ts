declare const brand: unique symbol;

/** A string (or number) that only its own maker can make: a ClOrdID is not an ExecID. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
