import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile, mkdir, rename, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, basename, dirname, resolve } from 'node:path';
import { F as FileError, m as messageOf } from './errors.js';

/** Files and folders that must not outlive the process; a signal removes them. */
const temporaries = new Set();
/** Synchronous, because it runs where a signal ends the process. */
function removeTemporaries() {
    for (const path of temporaries)
        rmSync(path, { recursive: true, force: true });
    temporaries.clear();
}
/**
 * Writes a file so that it is either whole or not there; missing folders are made. What is no regular file (a pipe,
 * /dev/null) is written to as it is: moving a file there would put it in the device's place.
 * @throws FileError naming the folder and what to do, on a full disk, a read-only one, and the like.
 */
async function writeFileAtomic(file, data) {
    const there = await stat(file).catch(() => undefined);
    if (there !== undefined && !there.isFile() && !there.isDirectory()) {
        return writeFile(file, data).catch((error) => {
            throw asFileError(error, resolve(file));
        });
    }
    await withTemporaryFile(file, async (temporary) => {
        const handle = await open(temporary, 'w');
        try {
            await handle.writeFile(data);
            // Some file systems report a full disk only now.
            await handle.sync();
        }
        finally {
            await handle.close();
        }
    });
}
/**
 * Has a file written under another name beside it and moves it into place when that succeeded.
 * @param write gets the temporary path; the file is taken from there.
 * @throws FileError as {@link writeFileAtomic}; what `write` throws by itself passes through.
 */
async function withTemporaryFile(file, write) {
    const target = resolve(file);
    const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    temporaries.add(temporary);
    try {
        await mkdir(dirname(target), { recursive: true });
        const value = await write(temporary);
        await rename(temporary, target);
        return value;
    }
    catch (error) {
        await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
        throw asFileError(error, target);
    }
    finally {
        temporaries.delete(temporary);
    }
}
/**
 * A folder that vanishes when it is removed, or when the process is interrupted.
 * @param parent an existing folder; the system's own for temporary files where it is left out.
 */
async function createTemporaryFolder(parent = tmpdir()) {
    const path = await mkdtemp(join(parent, 'precision-gate-')).catch((error) => {
        throw asFileError(error, join(parent, 'precision-gate'));
    });
    temporaries.add(path);
    const remove = async () => {
        await rm(path, { recursive: true, force: true }).catch(() => undefined);
        temporaries.delete(path);
    };
    return { path, remove };
}
/** {@link createTemporaryFolder} for as long as `use` takes. */
async function withTemporaryFolder(use, parent) {
    const folder = await createTemporaryFolder(parent);
    try {
        return await use(folder.path);
    }
    finally {
        await folder.remove();
    }
}
const REASONS = {
    ENOSPC: { reason: 'the disk is full', hint: 'free some space there, or name another folder' },
    EDQUOT: { reason: 'the disk quota is used up', hint: 'free some space there, or name another folder' },
    EACCES: { reason: 'permission denied', hint: 'make the folder writable, or name another one' },
    EPERM: { reason: 'permission denied', hint: 'make the folder writable, or name another one' },
    EROFS: { reason: 'the file system is read-only', hint: 'name a folder on another one' },
    ENOTDIR: { reason: 'a part of that path is a file', hint: 'name another folder, or move that file away' },
    EEXIST: { reason: 'a part of that path is a file', hint: 'name another folder, or move that file away' },
    EISDIR: { reason: 'a folder of that name is there', hint: 'name another file, or move that folder away' },
    ENOTEMPTY: { reason: 'a folder of that name is there', hint: 'name another file, or move that folder away' },
    ENAMETOOLONG: { reason: 'the name is too long for the file system', hint: 'choose a shorter name' },
    EFBIG: { reason: 'the file is larger than this process may write', hint: 'raise the limit (ulimit -f)' },
    EMFILE: { reason: 'too many files are open', hint: 'raise the limit (ulimit -n)' }
};
/** A failed write in the user's words: which folder, why, what to do. Anything but a system error stays what it is. */
function asFileError(error, file) {
    if (typeof error !== 'object' || error === null || !('syscall' in error))
        return error;
    const code = error.code ?? '';
    const known = REASONS[code];
    const place = `cannot write ${basename(file)} in ${dirname(file)}`;
    return new FileError(`${place}: ${known?.reason ?? messageOf(error)}`, known?.hint, { cause: error });
}

export { withTemporaryFolder as a, asFileError as b, createTemporaryFolder as c, withTemporaryFile as d, removeTemporaries as r, writeFileAtomic as w };
