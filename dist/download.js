import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as setTimeout$1 } from 'node:timers/promises';
import { b as HttpClient } from './index5.js';
import { R as RuntimeError, m as messageOf } from './errors.js';
import { b as asFileError } from './files.js';
import { c as printableUrl, a as silentProgress } from './registry.js';
import { T as TOOL } from './version.js';
import 'http';
import 'https';
import './index2.js';
import 'node:assert';
import 'node:net';
import 'node:http';
import 'node:stream';
import 'node:buffer';
import 'node:util';
import 'node:querystring';
import 'node:events';
import 'node:diagnostics_channel';
import './_commonjsHelpers.js';
import 'node:tls';
import 'node:zlib';
import 'node:perf_hooks';
import 'node:util/types';
import 'node:worker_threads';
import 'node:url';
import 'node:async_hooks';
import 'node:console';
import 'node:dns';
import 'string_decoder';
import 'net';
import 'tls';
import 'events';
import 'assert';
import 'util';
import 'node:fs/promises';
import 'node:os';
import 'node:path';
import 'node:process';

const MAX_REDIRECTS = 5;
const MAX_WAIT_MS = 60_000;
/** The largest package has 114 MB. */
const MAX_BYTES = 2 ** 30;
const MEGABYTE = 1e6;
const REACH = 'check the network, HTTPS_PROXY and NO_PROXY, or name a mirror with --registry; without a network, fetch the ' +
    'packages elsewhere with "npm pack" and use precision-gate setup-runtime --offline FOLDER';
/** Worth another attempt: the network or the server may have recovered by then. */
class Transient extends Error {
    retryAfterMs;
    constructor(message, retryAfterMs, options) {
        super(message, options);
        this.retryAfterMs = retryAfterMs;
    }
}
/**
 * Downloads to a file, through the proxy that the environment names. Interrupted and refused transfers (408, 429, 5xx,
 * lost connections) are tried again after a growing pause, or the one that the server asks for.
 * @param label what it is, for progress and errors.
 * @returns the file's SHA-512 as subresource integrity.
 * @throws RuntimeError where that fails, with the address and the last reason; whatever aborted the signal.
 */
async function download(url, file, label, options) {
    const { attempts = 5, backoffMs = 1000, signal, log } = options;
    for (let attempt = 1;; attempt++) {
        try {
            return await transfer(url, file, label, options);
        }
        catch (error) {
            signal?.throwIfAborted();
            if (!(error instanceof Transient))
                throw error;
            const place = `cannot download ${label} from ${printableUrl(url)}: ${error.message}`;
            if (attempt === attempts)
                throw new RuntimeError(`${place} (${attempts} attempts)`, REACH, { cause: error });
            // Runners that start together would come back together.
            const pause = backoffMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
            const wait = Math.min(error.retryAfterMs ?? pause, MAX_WAIT_MS);
            log.info(`${place}; trying again in ${(wait / 1000).toFixed(1)} s`);
            await setTimeout$1(wait, undefined, { signal });
        }
    }
}
async function transfer(url, file, label, options) {
    const { signal, progress, idleTimeoutMs = 60_000 } = options;
    const client = new HttpClient(`${TOOL.name}/${TOOL.version}`, [], {
        allowRedirects: false,
        socketTimeout: idleTimeoutMs
    });
    const idle = new AbortController();
    const timer = setTimeout(() => idle.abort(), idleTimeoutMs);
    try {
        const message = await request(client, url, label);
        const total = Number(message.headers['content-length'] ?? 0);
        const reporter = total < 5 * MEGABYTE ? silentProgress : progress;
        const task = reporter.start(`downloading ${label} (MB)`, Math.ceil(total / MEGABYTE));
        const hash = createHash('sha512');
        let received = 0;
        try {
            await pipeline(message, async function* (chunks) {
                for await (const chunk of chunks) {
                    timer.refresh();
                    hash.update(chunk);
                    received += chunk.length;
                    if (received > MAX_BYTES)
                        throw new RuntimeError(`${label} from ${printableUrl(url)} does not end`);
                    task.update(Math.floor(received / MEGABYTE));
                    yield chunk;
                }
            }, createWriteStream(file), { signal: signal === undefined ? idle.signal : AbortSignal.any([signal, idle.signal]) });
            task.update(Math.ceil(received / MEGABYTE));
        }
        finally {
            task.finish();
        }
        return `sha512-${hash.digest('base64')}`;
    }
    catch (error) {
        signal?.throwIfAborted();
        if (error instanceof RuntimeError || error instanceof Transient)
            throw error;
        if (idle.signal.aborted)
            throw new Transient(`no data for ${idleTimeoutMs / 1000} s`, undefined, { cause: error });
        throw classify(error, file, url, label);
    }
    finally {
        clearTimeout(timer);
        client.dispose();
    }
}
/** Follows redirects; credentials in the address go to no other server. */
async function request(client, url, label) {
    let target = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const { message } = await client.get(target.href, target.origin === url.origin ? authorization(url) : {});
        const { statusCode = 0, headers } = message;
        if (statusCode === 200)
            return message;
        message.resume();
        if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
            throw refusal(message, target, label);
        const next = new URL(headers.location, target);
        if (target.protocol === 'https:' && next.protocol !== 'https:') {
            throw new RuntimeError(`${printableUrl(target)} redirects to ${printableUrl(next)}, which is not encrypted`);
        }
        target = next;
    }
    throw new RuntimeError(`${printableUrl(url)} redirects more than ${MAX_REDIRECTS} times`);
}
function authorization({ username, password }) {
    if (username === '' && password === '')
        return {};
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
function refusal({ statusCode = 0, headers }, url, label) {
    const answer = `the server answered ${statusCode}`;
    if ([408, 425, 429, 500, 502, 503, 504].includes(statusCode))
        return new Transient(answer, retryAfter(headers));
    const place = `cannot download ${label} from ${printableUrl(url)}: ${answer}`;
    if (statusCode === 401 || statusCode === 403)
        return new RuntimeError(place, 'put the credentials into the address: --registry https://USER:TOKEN@HOST/PATH');
    if (statusCode === 404)
        return new RuntimeError(place, 'check the address that --registry or npm_config_registry gives');
    return new RuntimeError(place, REACH);
}
/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfter({ 'retry-after': value }) {
    if (value === undefined)
        return undefined;
    const ms = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now();
    return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
function classify(error, file, url, label) {
    const { code = '', syscall } = error;
    if (syscall === 'write' && /^(ENOSPC|EDQUOT|EFBIG|EIO)$/.test(code))
        return asFileError(error, file);
    if (syscall === 'open')
        return asFileError(error, file);
    if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
        return new RuntimeError(`cannot download ${label} from ${printableUrl(url)}: ${messageOf(error)}`, 'where a proxy re-signs traffic, name its certificate authority in NODE_EXTRA_CA_CERTS', { cause: error });
    }
    return new Transient(messageOf(error), undefined, { cause: error });
}

export { download };
