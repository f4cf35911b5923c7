import { ociFeatures } from '@tc/core/oci';
import { writeOut } from '../report.ts';
import type { Command } from './command.ts';

export const features: Command = {
  about: 'Print what this runtime can do, as JSON',
  usage: 'features',
  options: {},
  run() {
    writeOut(`${JSON.stringify(ociFeatures(), undefined, 2)}\n`);
    return 0;
  },
};
