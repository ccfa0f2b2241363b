import { FileError, GateError, messageOf } from '../errors.js'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is too large for the file system',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long'
}

/** Turns what the file system threw into an error for the user; typed errors pass unchanged. */
export function fileErrorFrom(error: unknown, action: string, file: string): GateError {
  if (error instanceof GateError) return error
  // Not `instanceof Error`: where modules run in a context of their own, Node.js throws another context's errors.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return new FileError(`${action} ${file}: ${REASONS[code] ?? messageOf(error)}`, undefined, { cause: error })
}
