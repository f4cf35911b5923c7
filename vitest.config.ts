import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests read the packages' sources (condition "tc-source"), so they never run a stale build.
const conditions = ['tc-source', 'node', 'import', 'module', 'default'];
const resolve = { conditions };
const ssr = { resolve: { conditions, externalConditions: conditions } };

const unit = (name: string, dir: string) => ({
  resolve,
  ssr,
  test: {
    name,
    root: dir,
    include: ['test/**/*.test.ts'],
    environment: 'node' as const,
    setupFiles: [join(import.meta.dirname, 'test/support/seed.ts')],
    // Nothing of them takes so long; but a shared machine may stand still for seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

/** For slow machines; but what takes five minutes hangs, and has to leave time for the other tests. */
const scaled = (timeoutMs: number) =>
  Math.max(timeoutMs, Math.min(timeoutMs * Number(process.env['TC_TIMEOUT_SCALE'] ?? 1), 300_000));

/** Tests that drive the real kernel share cgroups and /proc with each other: one file at a time. */
const system = (name: string, timeoutMs: number) => ({
  resolve,
  ssr,
  test: {
    name,
    root: 'test',
    include: [`${name}/**/*.test.ts`],
    environment: 'node' as const,
    pool: 'forks' as const,
    fileParallelism: false,
    // Shared and emulated machines stall now and then: in CI a test of the real system gets a second try.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: scaled(timeoutMs),
    hookTimeout: scaled(timeoutMs),
  },
});

export default defineConfig({
  test: {
    projects: [
      unit('linux', 'packages/linux'),
      unit('core', 'packages/core'),
      unit('images', 'packages/images'),
      unit('monitor', 'packages/monitor'),
      unit('tctl', 'apps/tctl'),
      unit('tc-runtime', 'apps/tc-runtime'),
      system('contract', 60_000),
      system('kernel', 60_000),
      system('e2e', 120_000),
    ],
  },
});
