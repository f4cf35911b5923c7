import type { Container, LogsOptions } from '@tc/core';
import { compactJson } from '../cli/json-text.ts';
import { writeError, writeOut } from '../cli/output.ts';

/** Prints lines where the container wrote them: stdout's to stdout, stderr's to stderr. */
export async function printLog(
  container: Container,
  options: LogsOptions,
  { timestamps = false, json = false }: { timestamps?: boolean; json?: boolean } = {},
): Promise<void> {
  for await (const { time, stream, line, partial } of container.logs(options)) {
    if (json) {
      writeOut(`${compactJson({ time, stream, line, partial })}\n`);
      continue;
    }
    const text = `${timestamps ? `${time.toISOString()} ` : ''}${line}${partial ? '' : '\n'}`;
    if (stream === 'stdout') writeOut(text);
    else writeError(text);
  }
}
