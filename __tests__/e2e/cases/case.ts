import type { Project } from '../project.js'

/** One thing that is wrong with an otherwise good project, and what the user must be told. */
export interface BadInput {
  readonly name: string
  readonly arrange?: (project: Project) => void | Promise<void>
  /** In place of `run`. */
  readonly args?: readonly string[]
  /** A program that starts the command, which is appended to its arguments. */
  readonly through?: readonly string[]
  /** 1 a limit is broken, 2 config or usage, 3 runtime or a file, 4 inconclusive. */
  readonly exit: 0 | 1 | 2 | 3 | 4
  /** What happened, where, and what to do. */
  readonly says: readonly RegExp[]
  /**
   * Where it is said. `stderr`: one message, and nothing is judged. `report`: what can be measured is reported, and the
   * verdict names the rest.
   */
  readonly where: 'stderr' | 'report'
  /** Runs as somebody who is not root, to whom permissions mean nothing. */
  readonly unprivileged?: boolean
  /** Why it cannot be tried on this machine. */
  readonly skip?: string
}

/** Nothing was judged. */
export function refused(
  name: string,
  exit: 2 | 3,
  says: readonly RegExp[],
  arrange?: BadInput['arrange'],
  more: Partial<BadInput> = {}
): BadInput {
  return { name, exit, says, arrange, where: 'stderr', ...more }
}

/** A report was written, and its verdict is no pass. */
export function judged(
  name: string,
  exit: 1 | 3 | 4,
  says: readonly RegExp[],
  arrange?: BadInput['arrange'],
  more: Partial<BadInput> = {}
): BadInput {
  return { name, exit, says, arrange, where: 'report', ...more }
}
