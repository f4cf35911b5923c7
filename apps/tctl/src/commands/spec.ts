import { writeOciConfig } from '@tc/core/oci';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { ociSpec } from '../table/machine.ts';

/** One for root would not run for anybody else. */
export const specCommand = command(
  ociSpec,
  async ({ bundle = '.', rootless = process.geteuid?.() !== 0 }) => {
    writeOut(`${writeOciConfig(bundle, { rootless })}\n`);
    return 0;
  },
);
