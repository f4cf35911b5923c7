import { Text } from 'ink';
import { printable } from '../../cli/printable.ts';
import type { FailureReport } from '../actions/perform.ts';
import { listNames } from '../actions/verbs.ts';
import { type Refusal, refusalOf } from '../form/refusal.ts';
import { wrapWords } from '../form/wrap.ts';
import { fit } from '../text/fit.ts';
import type { Theme } from '../theme/theme.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { Frame } from './Frame.tsx';
import { refusalLines } from './refusal-lines.ts';
import { roomFor } from './room.ts';
import { useImmediateState } from './use-immediate-state.ts';
import { useInputLayer } from './use-input-layer.ts';

/** What has failed, why, and what to do about it. */
export function FailureDialog({ subject }: { readonly subject: FailureReport }) {
  const { controller } = useServices();
  const size = useSelected((state) => state.size);
  const theme = useTheme();
  const [top, setTop] = useImmediateState(() => 0);
  const { width, rows } = roomFor(size, 70);
  const lines = failureLines(subject, width, theme);
  const last = Math.max(0, lines.length - rows);
  useInputLayer((event) => {
    const name = event.kind === 'mouse' ? event.action : event.kind === 'key' ? event.name : '';
    if (['down', 'j', 'wheelDown'].includes(name) && last > 0) setTop(Math.min(last, top + 1));
    else if (['up', 'k', 'wheelUp'].includes(name) && last > 0) setTop(Math.max(0, top - 1));
    else if (event.kind === 'key') controller.closeDialog();
    return true;
  });
  const footer = last > 0 ? '↑↓ more   any other key closes this' : 'any key closes this';
  return (
    <Frame title={printable(subject.title)} width={width} footer={footer}>
      <Text wrap="truncate">{lines.slice(top, top + rows).join('\n')}</Text>
    </Frame>
  );
}

/** Many often fail of one and the same: that is said once, with their names. */
export function failureLines({ failures }: FailureReport, width: number, theme: Theme): readonly string[] {
  const groups = new Map<string, { refusal: Refusal; names: { name: string }[] }>();
  for (const { name, error } of failures) {
    const refusal = refusalOf(error);
    const key = `${refusal.text.replaceAll(name, '')} ${refusal.code}`;
    const group = groups.get(key) ?? { refusal, names: [] };
    group.names.push({ name: printable(name) });
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ refusal, names }) => [
    ' ',
    ...(failures.length === 1
      ? []
      : wrapWords(listNames(names, 2 * width), width).map((line) => theme.pens.bold(fit(line, width)))),
    ...refusalLines(refusal, width, theme),
  ]);
}
