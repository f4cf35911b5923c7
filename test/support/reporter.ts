/**
 * A vitest reporter for tools/test-report.mjs: writes file by file what passed, failed (with its message) and was
 * skipped (with its reason) to the file that TEST_REPORT names. vitest's own JSON reporter leaves the reasons out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

interface FileReport {
  readonly name: string;
  readonly seconds: number;
  passed: number;
  readonly failed: { readonly title: string; readonly message: string }[];
  readonly skipped: { readonly title: string; readonly reason: string }[];
  /** Its process ended before its tests did. */
  unfinished: boolean;
}

export default class SuiteReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const errors = unhandled.map(({ message }) => ({ title: 'an error outside the tests', message }));
    const path = process.env['TEST_REPORT'] ?? '';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ errors, files: modules.map(reportOf) }));
  }
}

/** From the root of the repository, as vitest takes it. */
const pathOf = (module: TestModule) => relative(join(import.meta.dirname, '../..'), module.moduleId);

function reportOf(module: TestModule): FileReport {
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  const report: FileReport = {
    name: pathOf(module),
    seconds: (duration + collectDuration + setupDuration) / 1000,
    passed: 0,
    failed: [],
    skipped: [],
    unfinished: false,
  };
  for (const suite of [module, ...module.children.allSuites()]) {
    const title = suite.type === 'module' ? pathOf(suite) : suite.fullName;
    for (const { message } of suite.errors()) report.failed.push({ title, message });
  }
  for (const test of module.children.allTests()) {
    const title = `${pathOf(module)} > ${test.fullName}`;
    const result = test.result();
    if (result.state === 'passed') report.passed += 1;
    else if (result.state === 'failed') {
      const message = result.errors.map((error) => error.message).join('\n');
      report.failed.push({ title, message });
    } else if (result.state === 'skipped') {
      report.skipped.push({ title, reason: result.note ?? 'no reason given' });
    } else report.unfinished = true;
  }
  if (report.passed + report.failed.length + report.skipped.length === 0) report.unfinished = true;
  return report;
}
