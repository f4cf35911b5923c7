/**
 * A vitest reporter for tools/kernel-suite.mjs: writes what passed, failed (with its message) and was skipped (with
 * its reason) to the file that KERNEL_SUITE_REPORT names. vitest's own JSON reporter leaves the reasons out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export default class SuiteReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const report = {
      passed: 0,
      failed: unhandled.map(({ message }) => ({ title: 'an error outside the tests', message })),
      skipped: [] as { title: string; reason: string }[],
      files: [] as { name: string; seconds: number }[],
    };
    for (const module of modules) {
      const { duration, collectDuration, setupDuration } = module.diagnostic();
      const seconds = (duration + collectDuration + setupDuration) / 1000;
      report.files.push({ name: module.relativeModuleId, seconds });
      const suites = [module, ...module.children.allSuites()];
      for (const suite of suites) {
        for (const { message } of suite.errors()) {
          report.failed.push({
            title: suite.type === 'module' ? suite.relativeModuleId : suite.fullName,
            message,
          });
        }
      }
      for (const test of module.children.allTests()) {
        const title = `${module.relativeModuleId} > ${test.fullName}`;
        const result = test.result();
        if (result.state === 'passed') report.passed += 1;
        else if (result.state === 'failed') {
          const message = result.errors.map((error) => error.message).join('\n');
          report.failed.push({ title, message });
        } else {
          const reason = result.state === 'skipped' ? result.note : undefined;
          report.skipped.push({ title, reason: reason ?? 'no reason given' });
        }
      }
    }
    const path = process.env['KERNEL_SUITE_REPORT'] ?? '';
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(report));
  }
}
