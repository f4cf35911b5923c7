import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultOciConfig } from '@tc/core/oci';
import { TcError } from '@tc/linux';
import type { Command } from './command.ts';

export const spec: Command = {
  about: 'Write a config.json to begin with',
  usage: 'spec [OPTIONS]',
  options: {
    bundle: { kind: 'value', short: 'b', about: 'the bundle’s directory; by default the current one' },
  },
  run(args) {
    const path = resolve(join(args.value('bundle') ?? '.', 'config.json'));
    if (existsSync(path)) {
      const hint = 'Remove it first.';
      throw new TcError('it is there already', {
        code: 'CONFIG_EXISTS',
        operation: 'write config.json',
        path,
        hint,
      });
    }
    writeFileSync(path, `${JSON.stringify(defaultOciConfig(), undefined, 2)}\n`);
    return 0;
  },
};
