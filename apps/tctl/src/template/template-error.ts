import { UsageError } from '../cli/usage-error.ts';

/** The template makes no sense, or not for what it is given. */
export class TemplateError extends UsageError {
  constructor(
    problem: string,
    hint = "Templates are Go's, as docker --format has them: '{{.ID}} {{json .}}'.",
  ) {
    super(`--format: ${problem}`, hint);
  }
}
