import { isatty } from 'node:tty';
import { type HostCheck, terminalSize } from '@tc/core';

const smallest = { columns: 60, rows: 15 };

/** Whether the dashboard looks as it should here. */
export function terminalCheck(env: NodeJS.ProcessEnv = process.env): HostCheck {
  const check = (status: HostCheck['status'], found: string, hint?: string): HostCheck => ({
    ...{ name: 'terminal', status, found, hint },
  });
  if (!isatty(1)) return check('ok', 'none');
  const { columns, rows } = terminalSize(1);
  const term = env['TERM'] ?? '';
  const size = `${term || 'no TERM'}, ${columns} x ${rows}`;
  if (term === '' || term === 'dumb')
    return check('degraded', size, 'The dashboard prints lines here: set TERM.');
  if (columns < smallest.columns || rows < smallest.rows)
    return check('degraded', size, `The dashboard needs ${smallest.columns} x ${smallest.rows}.`);
  const charset = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (!/utf-?8/i.test(charset))
    return check('degraded', `${size}, no UTF-8`, 'Graphs are drawn in ASCII: export LANG=C.UTF-8');
  return check('ok', size);
}
