/** Errors to stderr, and to the log that an engine reads. What is in them may come from an image: nothing of it is obeyed. */
import { appendFileSync, writeSync } from 'node:fs';
import { TcError } from '@tc/linux';

export interface Log {
  readonly path: string | undefined;
  readonly format: 'text' | 'json';
  readonly debug: boolean;
}

/** Engines search for these words of runc's, to tell a command that is missing from other errors. */
const wordsOf: Readonly<Record<string, string>> = {
  COMMAND_NOT_FOUND: 'executable file not found in $PATH: no such file or directory',
  COMMAND_NOT_EXECUTABLE: 'permission denied',
};

export function messageOf(error: unknown): string {
  if (!(error instanceof TcError)) return error instanceof Error ? error.message : String(error);
  const words = wordsOf[error.code];
  const path = error.path === undefined || error.message.includes(error.path) ? '' : ` (${error.path})`;
  const hint = error.hint === undefined || words !== undefined ? '' : ` ${error.hint}`;
  return `${error.message}${path}${words === undefined ? '' : `: ${words}`}${hint === '' ? '' : `.${hint}`}`;
}

export function escapeControls(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function reportError(error: unknown, log: Log): void {
  const message = escapeControls(messageOf(error));
  writeLog('error', message, log);
  writeSync(2, `tc-runtime: ${message}\n`);
}

let warningsTo: Log | undefined;

/** Where warnings go, besides stderr. */
export function logWarningsTo(log: Log): void {
  warningsTo = log;
}

export function warn(message: string): void {
  const text = escapeControls(message);
  if (warningsTo !== undefined) writeLog('warning', text, warningsTo);
  writeSync(2, `tc-runtime: warning: ${text}\n`);
}

export function writeLog(level: string, msg: string, { path, format }: Log): void {
  if (path === undefined || path === '') return;
  const time = new Date().toISOString();
  const line =
    format === 'json'
      ? JSON.stringify({ level, msg, time })
      : `time="${time}" level=${level} msg=${JSON.stringify(msg)}`;
  try {
    appendFileSync(path, `${line}\n`);
  } catch {} // the error itself matters more
}

/** All of it, also into a pipe that is full for the moment. */
export function writeOut(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
