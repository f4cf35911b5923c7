// What a run of vitest with test/support/reporter.ts has to tell: { errors, files }, see there.
import { readFileSync } from 'node:fs';

/** The arguments that make vitest write such a report, where TEST_REPORT says. */
export const reporter = ['--reporter', new URL('../test/support/reporter.ts', import.meta.url).pathname];

/** @param problem what to tell where vitest failed and no test did: it has crashed */
export function readReport(path, problem) {
  let report = { errors: [], files: [] };
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    problem ??= 'there is no report';
  }
  if (problem !== undefined && count(report).failed.length === 0)
    report.errors.push({ title: 'vitest', message: problem });
  return report;
}

/** @returns how many passed, and which failed and were skipped. */
export const count = ({ errors, files }) => ({
  passed: files.reduce((sum, { passed }) => sum + passed, 0),
  failed: [...errors, ...files.flatMap(({ failed }) => failed)],
  skipped: files.flatMap(({ skipped }) => skipped),
});

/**
 * Runs tests, and those files that failed, or that a crash cut short, once more and alone, on a machine that is quiet
 * by then: shared and emulated machines stall now and then. What failed first is printed; what fails always, fails.
 * @param run (files) => report; a file is named by its path from the root
 */
export async function runWithTries(run, files, tries, label = '') {
  let report = await run(files);
  for (let left = tries - 1; left > 0 && count(report).failed.length > 0; left -= 1) {
    const { failed } = count(report);
    const again = toRepeat(report, files);
    for (const { title, message } of failed)
      console.log(`${label}failed, will run once more: ${title}\n${message}`);
    report = merge(report, await run(again), again);
  }
  return report;
}

function toRepeat(report, files) {
  const complete = new Set(
    report.files
      .filter(({ failed, unfinished }) => failed.length === 0 && !unfinished)
      .map(({ name }) => name),
  );
  const again = files.filter((file) => !complete.has(file));
  return again.length > 0 ? again : files; // an error that belongs to none of them
}

const merge = (first, second, again) => ({
  errors: second.errors,
  files: [...first.files.filter((file) => !again.includes(file.name)), ...second.files],
});
