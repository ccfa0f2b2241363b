/** Where the GitHub side says what happened. The shell decides what a line looks like. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warning(message: string): void
}
