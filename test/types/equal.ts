/**
 * The files of this folder are checked by the compiler and never run (pnpm typecheck, which builds first): they freeze the
 * types of the public packages, as the built declarations give them to users.
 * Where one fails, a change breaks the code of those who use the library, or adds to what they may rely on: then
 * docs/core.md has to say so too.
 */

/** Whether two types are identical, with their `readonly` and their `?`. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `type _ = Expect<Equal<A, B>>` */
export type Expect<T extends true> = T;

/** The same for types of values: `same<typeof value, Expected>()`. */
export function same<A, B>(..._different: Equal<A, B> extends true ? [] : [never]): void {}
