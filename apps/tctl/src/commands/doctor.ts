import { checkHost, type HostCheck } from '@tc/core';
import { green, red, yellow } from '../cli/colour.ts';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { terminalCheck } from '../cli/terminal-check.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { doctor } from '../table/machine.ts';

export const doctorCommand = command(doctor, async ({ json = false }) => {
  const checks = [...checkHost(), terminalCheck()];
  if (json) writeOut(jsonText(checks));
  else
    writeOut(
      textTable(['CHECK', 'STATUS', 'FOUND', 'WHAT MENDS IT'], checks.map(row), {
        columns: outputWidth(),
        flexible: [2],
      }).replaceAll(
        /^(.*? {3})(ok|degraded|missing)(?= {3}|$)/gm,
        (_, before, status) => `${before}${paint[status as HostCheck['status']](status)}`,
      ),
    );
  return checks.some(({ status }) => status === 'missing') ? 1 : 0;
});

const paint: Readonly<Record<HostCheck['status'], (text: string) => string>> = {
  ok: green,
  degraded: yellow,
  missing: red,
};

function row({ name, status, found, hint }: HostCheck): string[] {
  return [name, status, printable(found), hint ?? ''];
}
