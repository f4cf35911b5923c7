import type { Signature } from './host-inputs.ts';
import { signatureOf } from './host-inputs.ts';
import type { ToolProblem } from './plan.ts';

/** What is remembered of one request: the tree that it gave, and all that this depended on. */
export interface HostRecord {
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  bytes: number;
  files: number;
  tools: readonly string[];
  missing: readonly string[];
  problems: readonly ToolProblem[];
  /** The request in full: its key, the file's name, is too short to be unique. */
  request: string;
  /** Two plans of the same key make the same tree. */
  planKey: string;
  inputs: readonly (readonly [path: string, signature: Signature])[];
}

/** A record from its file. Undefined when it is none: the digest becomes part of a path. */
export function parseRecord(text: string): HostRecord | undefined {
  const value: unknown = JSON.parse(text);
  return isRecord(value) && /^sha256:[0-9a-f]{64}$/.test(value.digest) ? value : undefined;
}

/** Its shape as far as a file that something else wrote could go wrong. */
function isRecord(value: unknown): value is HostRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record: Partial<Record<keyof HostRecord, unknown>> = value;
  return (
    typeof record.digest === 'string' &&
    typeof record.request === 'string' &&
    typeof record.planKey === 'string' &&
    typeof record.bytes === 'number' &&
    typeof record.files === 'number' &&
    [record.tools, record.missing, record.problems].every(Array.isArray) &&
    Array.isArray(record.inputs) &&
    record.inputs.every((input) => Array.isArray(input) && typeof input[0] === 'string')
  );
}

/** Whether the host is as it was: one stat(2) for each input, nothing is read. */
export function isCurrent(record: HostRecord): boolean {
  return record.inputs.every(([path, signature]) => signatureOf(path) === signature);
}
