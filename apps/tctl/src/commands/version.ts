import { arch, release } from 'node:os';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { version as spec } from '../table/machine.ts';
import { checkFormat, formattedRows } from '../template/print-rows.ts';
import { version } from '../version.ts';

export const versionCommand = command(spec, async ({ json = false, format }) => {
  checkFormat(format);
  const own = {
    Version: version,
    NodeVersion: process.version,
    Os: process.platform,
    Arch: arch(),
    KernelVersion: release(),
  };
  // Docker tells of its daemon as the server; here there is one program.
  const facts = { Client: own, Server: own };
  if (json) writeOut(jsonText(own));
  else
    writeOut(format === undefined ? `${version}\n` : formattedRows(format, { rows: [facts], headings: {} }));
  return 0;
});
