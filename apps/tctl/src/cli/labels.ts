/** Labels on the command line: KEY=VALUE. */
import { UsageError } from './usage-error.ts';

export type Labels = Readonly<Record<string, string>>;

/** @param labels one without a value is an empty one @throws UsageError */
export function parseLabels(labels: readonly string[]): Labels {
  return Object.fromEntries(
    labels.map((text) => {
      const { key, value = '' } = split(text);
      if (key === '') throw new UsageError(`--label takes KEY=VALUE, not ${JSON.stringify(text)}`);
      return [key, value];
    }),
  );
}

/** @param wanted `KEY=VALUE`, or a key alone, with whatever value */
export function hasLabel(labels: Labels, wanted: string): boolean {
  const { key, value } = split(wanted);
  return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
}

function split(text: string): { readonly key: string; readonly value: string | undefined } {
  const equals = text.indexOf('=');
  return equals === -1
    ? { key: text, value: undefined }
    : { key: text.slice(0, equals), value: text.slice(equals + 1) };
}
