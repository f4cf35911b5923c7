/**
 * Whether a command printed what its page shows. What may differ is what differs from run to run: ids of 12 digits,
 * numbers before a unit, dates, the width of columns; and what the page itself leaves out with `…`: part of a line, or
 * any number of lines.
 */
export function isShown(output: string, shown: string): boolean {
  const pattern = comparable(shown)
    .split('\n')
    .map((line) =>
      line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escapeRegExp).join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(`${comparable(output)}\n`);
}

const units = '(?:ms|s|us|µs|min|h|KiB|MiB|GiB|KB|MB|GB|kB|B|%|seconds?|minutes?|bytes)';

export function comparable(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are not shown
      .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
      .replaceAll(/\b[0-9a-f]{12}\b/g, 'ID')
      .replaceAll(/\b\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME')
      .replaceAll(new RegExp(`\\b\\d+(?:\\.\\d+)?( ?)(${units})(?![A-Za-z0-9])`, 'g'), 'N$1$2')
      .replaceAll(/[ \t]+$/gm, '')
      .replaceAll(/ {2,}/g, '  ')
      .trimEnd()
  );
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
