/** Prints a launch program for a reader: each call in strace's notation, what it does and why. */
import {
  type CallStep,
  type Datum,
  type Group,
  groups,
  type LaunchProgram,
  type Operand,
} from './program.ts';

/** One line of the explanation: equal calls in a row are counted instead of repeated. */
export interface ExplainedStep {
  readonly group: Group;
  readonly call: string;
  readonly what: string;
  readonly why: string;
  readonly times: number;
}

const titles: Record<Group, string> = {
  supervise: 'Supervisor: stays outside, waits, cleans up',
  cgroups: 'Cgroups: what it can’t use',
  namespaces: 'Namespaces: what it can’t see',
  'file system': 'File system: its own root',
  privileges: 'Privileges: what it can’t do',
  start: 'Start',
};

/** The calls in program order. Both branches of each jump are listed: which is taken shows only at run time. */
export function explainSteps(program: LaunchProgram): ExplainedStep[] {
  const explained: ExplainedStep[] = [];
  for (const step of program.steps) {
    if (step.op !== 'call') continue;
    const last = explained.at(-1);
    if (last !== undefined && last.what === step.what && last.call.startsWith(`${step.call}(`)) {
      explained[explained.length - 1] = { ...last, times: last.times + 1 };
    } else {
      explained.push({ group: step.group, call: notation(step), what: step.what, why: step.why, times: 1 });
    }
  }
  return explained;
}

/** The whole explanation as text, grouped, with a line break at the end. */
export function explain(program: LaunchProgram): string {
  const steps = explainSteps(program);
  const sections = groups.map((group) => {
    const lines = steps.filter((step) => step.group === group).map(line);
    return `${titles[group]}\n${lines.join('\n')}\n`;
  });
  return sections.join('\n');
}

function line({ call, what, why, times }: ExplainedStep): string {
  const repeated = times > 1 ? `  (${times} times)` : '';
  const comment = why === '' ? what : `${what}: ${why}`;
  // What close(fd) does needs no words.
  const explained = call.startsWith('close(') && why === '' ? '' : `\n      # ${comment}`;
  return `  ${call}${repeated}${explained}`;
}

/** `mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL)`; a descriptor that is known at run time shows as its name. */
export function notation(step: CallStep): string {
  const call = `${step.call}(${step.args.map(operandText).join(', ')})`;
  const result = step.result === undefined ? undefined : datumText(step.result.datum);
  return result === undefined || !/^\w+$/.test(result) ? call : `${result} = ${call}`;
}

function operandText(operand: Operand): string {
  if (operand.kind === 'number') return operand.text ?? String(operand.value);
  return operand.kind === 'step' ? `step ${operand.label.step}` : datumText(operand.place.datum);
}

function datumText({ text, content }: Datum): string {
  return typeof content === 'object' && 'string' in content ? JSON.stringify(content.string) : (text ?? '');
}
