/** What docs/troubleshooting.md says of a code. Both are phrases in Markdown: code stands in backticks. */
export interface ErrorEntry {
  /** What is so, where this is thrown. */
  readonly cause: string;
  /** What to do about it, in the words of the library and, where they differ, of the command line. */
  readonly cure: string;
}
