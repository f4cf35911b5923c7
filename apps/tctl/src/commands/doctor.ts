import { checkHost, type HostCheck } from '@tc/core';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { terminalCheck } from '../cli/terminal-check.ts';
import { textTable } from '../cli/text-table.ts';

export const doctorCommand = command({
  usage: 'doctor [OPTIONS]',
  about: 'Checks whether this machine has what containers need, and says what mends what is missing.',
  options: { json: { about: 'print the checks as JSON' } },
  operands: { atLeast: 0, atMost: 0 },
  async run({ json = false }) {
    const checks = [...checkHost(), terminalCheck()];
    if (json) writeOut(`${JSON.stringify(checks, undefined, 2)}\n`);
    else writeOut(textTable(['CHECK', 'STATUS', 'FOUND', 'WHAT MENDS IT'], checks.map(row)));
    return checks.some(({ status }) => status === 'missing') ? 1 : 0;
  },
});

function row({ name, status, found, hint }: HostCheck): string[] {
  return [name, status, printable(found), hint ?? ''];
}
