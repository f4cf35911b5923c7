import { writeOciConfig } from '@tc/core/oci';
import type { Command } from './command.ts';

export const spec: Command = {
  about: 'Write a config.json to begin with',
  usage: 'spec [OPTIONS]',
  options: {
    bundle: { kind: 'value', short: 'b', about: 'the bundle’s directory; by default the current one' },
    rootless: { kind: 'flag', about: 'for an ordinary user: whoever calls is root inside' },
  },
  run(args) {
    writeOciConfig(args.value('bundle') ?? '.', { rootless: args.has('rootless') });
    return 0;
  },
};
