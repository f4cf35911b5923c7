/**
 * Properties are tried with the same values in each run, so that a change is judged by what it changes. Others are for
 * those who look for holes: TEST_SEED=$RANDOM pnpm unit
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['TEST_SEED'] ?? 1) });
