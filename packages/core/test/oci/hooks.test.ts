import { expect, it } from 'vitest';
import { runHooks } from '../../src/oci/hooks.ts';

const hook = (script: string) => ({
  path: '/bin/sh',
  args: ['sh', '-c', script],
  env: ['PATH=/usr/bin:/bin'],
  timeoutSeconds: undefined,
});

it('may say as much as it likes, on either stream', () => {
  const script = 'head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2';
  runHooks('prestart', [hook(script)], {});
});

it('fails with the beginning of what it says on stderr', () => {
  expect(() => runHooks('prestart', [hook('echo why >&2; echo more; exit 3')], {})).toThrow(
    expect.objectContaining({ code: 'HOOK_FAILED', message: expect.stringMatching(/exit code 3: why$/) }),
  );
});
