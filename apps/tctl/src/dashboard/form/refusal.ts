import { cliHints } from '../../cli/hints.ts';
import type { Problem } from './form.ts';

/** What an error says to a person. Its shape tells, not its class: bundles have classes of their own. */
export interface Refusal extends Problem {
  /** Of a TcError. */
  readonly code: string | undefined;
}

export function refusalOf(error: unknown): Refusal {
  const { message, hint, code } = (error ?? {}) as { message?: string; hint?: string; code?: unknown };
  const known = typeof code === 'string' ? code : undefined;
  return { text: message ?? String(error), hint: (known && cliHints[known]) ?? hint, code: known };
}

/** What a check that throws has against a value. What it was about to do with it is known in a form. */
export function problemFrom(check: () => void): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const { text, hint } = refusalOf(error);
    const { operation } = error as { operation?: string };
    const isPrefixed = operation !== undefined && text.startsWith(`${operation}: `);
    return { text: isPrefixed ? text.slice(operation.length + 2) : text, hint };
  }
}

/** A check that is asked again and again for one text, while others are typed. */
export function remembering(check: (value: string) => Problem | undefined): typeof check {
  let last: { readonly value: string; readonly problem: Problem | undefined } | undefined;
  return (value) => {
    if (last?.value !== value) last = { value, problem: check(value) };
    return last.problem;
  };
}
