import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { G as GateError, F as FileError, m as messageOf } from './errors.js';

/** SHA-256 of bytes, or of a string's UTF-8, as lower-case hex. */
function sha256(data) {
    return createHash('sha256').update(data).digest('hex');
}
/** SHA-256 of a file, read as a stream: weights of several gigabytes do not pass through memory at once. */
async function sha256File(path) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
}

const REASONS = {
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
};
/** Turns what the file system threw into an error for the user; typed errors pass unchanged. */
function fileErrorFrom(error, action, file) {
    if (error instanceof GateError)
        return error;
    // Not `instanceof Error`: where modules run in a context of their own, Node.js throws another context's errors.
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    return new FileError(`${action} ${file}: ${REASONS[code] ?? messageOf(error)}`, undefined, { cause: error });
}

export { sha256File as a, fileErrorFrom as f, sha256 as s };
