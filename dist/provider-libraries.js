import { readFileSync, statSync, readdirSync, existsSync, realpathSync, rmSync, constants } from 'node:fs';
import { join, resolve, dirname, basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { R as RuntimeError, F as FileError } from './errors.js';
import { mkdir, stat, readFile, writeFile, rename, rm, utimes, open, copyFile } from 'node:fs/promises';
import { b as asFileError } from './files.js';
import { a2 as sha256File } from './release.js';
import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';

// Written by script/pin-runtime.mjs. Do not edit.
/** The version that is installed where no other is asked for. */
const ONNXRUNTIME_VERSION = '1.30.0';
const ONNXRUNTIME = {
    '1.30.0': [
        {
            name: 'onnxruntime-node',
            version: '1.30.0',
            integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw=='
        },
        {
            name: 'onnxruntime-common',
            version: '1.30.0',
            integrity: 'sha512-7fdVWjAID1dVhH/G8qK3APARunV4VkBFoCQAP7qp4Wkab0mrorvmc+sqiT+mKXOzDqdjN5j+/Z9nb4gzNPWcyA=='
        }
    ],
    '1.26.0': [
        {
            name: 'onnxruntime-node',
            version: '1.26.0',
            integrity: 'sha512-OHl6PiOEOqxaLHL0N9eFrbzS7IGmu3BtJNH3RTEnRAheCIkfc3gjcjl4sGcjp9C22ZC9YTquDOxSdT/stBQ6BQ=='
        },
        {
            name: 'onnxruntime-common',
            version: '1.26.0',
            integrity: 'sha512-qVyMR4lcWgbkc4getFV+GQijsTnbg/siteoqcDwa3sI/LxbrMSNw4ePyvCq/ymdQaRomCA7YuWmhzsswxvymdw=='
        }
    ]
};
const SHARP = {
    version: '0.35.5',
    everywhere: [
        {
            name: 'sharp',
            version: '0.35.5',
            integrity: 'sha512-Ywn4OnzGukp7CDMrp08RQ50YKmuwG47brZgIVPTvBaaAfQlRlygrRqSrxdCiL9M+LlzLBiJ68IR1QqvzHyjC7g=='
        },
        {
            name: '@img/colour',
            version: '1.1.0',
            integrity: 'sha512-Td76q7j57o/tLVdgS746cYARfSyxk8iEfRxewL9h4OMzYhbW4TAcppl0mT4eyqXddh6L/jwoM75mo7ixa/pCeQ=='
        },
        {
            name: 'detect-libc',
            version: '2.1.2',
            integrity: 'sha512-Btj2BOOO83o3WyH59e8MgXsxEQVcarkUOpEYrubB0urwnN10yQ364rsiByU11nZlqWYZm05i/of7io4mzihBtQ=='
        },
        {
            name: 'semver',
            version: '7.8.6',
            integrity: 'sha512-9lpSSU4Mly3mrtruwLs1eLK6+gzbzqeBFwRNjIjE+9LuDpWdYctrQlQ3ej1Ilgi7gknpsTRnPoLP8DpCHqHIJw=='
        }
    ],
    platforms: {
        'linux-x64': [
            {
                name: '@img/sharp-linux-x64',
                version: '0.35.5',
                integrity: 'sha512-SxFtLTeJInhAA9Q836kux2vZNeOBQEx658qvbboZScr0wIARym3IcGmW7KpVD5sbVg0Ojy+udFQdayYIZyoNog=='
            },
            {
                name: '@img/sharp-libvips-linux-x64',
                version: '1.3.4',
                integrity: 'sha512-GJ//SSXbnwSDes02umB3nDJLFcQzw8a18V8fyhqr6tV515tOEMdImjjxj1AoafMRz56F3PHgftnj1QEKSU1zkw=='
            }
        ],
        'linux-arm64': [
            {
                name: '@img/sharp-linux-arm64',
                version: '0.35.5',
                integrity: 'sha512-LYVx5JTsOM2CBzmxreh+nl64/3H6Xb09iSLknqH47z2T2DFFxDeFLP5y4dJwe6H7uGQlHPyEEtIqyo3DYsRwdQ=='
            },
            {
                name: '@img/sharp-libvips-linux-arm64',
                version: '1.3.4',
                integrity: 'sha512-Y3dgX/6lE2QhQb+Gxy0WZxfg9MEm/JBjamZpS2IklP7xIQoKN4hzAm7KcMVGtaVDt3neE9OKBC7vAfonA/Lr1A=='
            }
        ],
        'darwin-arm64': [
            {
                name: '@img/sharp-darwin-arm64',
                version: '0.35.5',
                integrity: 'sha512-QRUlFQ0WxvdWyqqG/WtI3iupfD5rBzmCHXSdPsY91sAtVtTo7Q4cb6zOccZ3gqEqkr0f1As1ehLqmEpDsRf+lg=='
            },
            {
                name: '@img/sharp-libvips-darwin-arm64',
                version: '1.3.4',
                integrity: 'sha512-5R89nBYiRdUlSWJxPhO+GVtaXzXSxKnRu/xqMn3KTA3L9EB9Oy/P+Nn2f2vlhPuUdy/Zusb2DarbyTpGCfEDuw=='
            }
        ],
        'win32-x64': [
            {
                name: '@img/sharp-win32-x64',
                version: '0.35.5',
                integrity: 'sha512-x76eH0vEiHlcMQu8Y8IenntaACtddpT6W0wmXtWrnKcnKI7ME5DdgqhAD6SEWOEl1v2zDvkZDhFA9KnURwpfqg=='
            }
        ],
        'win32-arm64': [
            {
                name: '@img/sharp-win32-arm64',
                version: '0.35.5',
                integrity: 'sha512-X4t7g+7ZA5DKblCBEXGjUqqemj4vczING/5viFwAL8h4N3qYeyjwdCvRLHi4EdOUI+2Z7UFlp1VM+p/AuEtm6Q=='
            }
        ]
    }
};

function currentPlatform() {
    return {
        os: process.platform,
        arch: process.arch,
        musl: process.platform === 'linux' && glibcVersion() === undefined
    };
}
const HERE = { os: process.platform, arch: process.arch };
/** `linux-x64`: the name of a platform's folder in the tool cache and in package names. */
function platformName({ os, arch } = HERE) {
    return `${os}-${arch}`;
}
/** Version of the C library of this system; undefined where it is another one (musl) or none. */
function glibcVersion() {
    const report = process.report.getReport();
    return report.header?.glibcVersionRuntime;
}
/** @throws RuntimeError where ONNX Runtime has no library for the platform. */
function assertSupported(platform) {
    const name = platformName(platform);
    if (platform.musl) {
        throw new RuntimeError(`onnxruntime-node has no library for this system: it has no glibc (Alpine Linux?)`, 'use an image with glibc, for example node:22-slim instead of node:22-alpine');
    }
    const supported = Object.keys(SHARP.platforms);
    if (!supported.includes(name)) {
        throw new RuntimeError(`onnxruntime-node has no library for ${name} (there are: ${supported.join(', ')})`, name === 'darwin-x64' ? INTEL_MAC : 'run on one of those platforms');
    }
}
const INTEL_MAC = 'ONNX Runtime no longer ships for Intel Macs: run on Apple silicon, Linux or Windows, or in a Linux container';

/** By major, minor and patch; pre-release tags are ignored. */
function compareVersions(a, b) {
    const parts = (version) => version.split(/[.-]/, 3).map(Number);
    const [left, right] = [parts(a), parts(b)];
    for (let i = 0; i < 3; i++) {
        const difference = (left[i] ?? 0) - (right[i] ?? 0);
        if (difference !== 0)
            return difference;
    }
    return 0;
}

const MARKER = '.complete';
/** PRECISION_GATE_TOOL_CACHE, RUNNER_TOOL_CACHE, or where the platform keeps a user's caches. */
function defaultToolCache(env = process.env) {
    if (env.PRECISION_GATE_TOOL_CACHE)
        return env.PRECISION_GATE_TOOL_CACHE;
    if (env.RUNNER_TOOL_CACHE)
        return env.RUNNER_TOOL_CACHE;
    if (process.platform === 'win32')
        return env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
    if (process.platform === 'darwin')
        return join(homedir(), 'Library', 'Caches');
    return env.XDG_CACHE_HOME || join(homedir(), '.cache');
}
/** `<toolCache>/precision-gate/<part>/<version>/<platform>-<arch>`; its node_modules folder holds the packages. */
function partFolder(toolCache, part, version, platform = platformName()) {
    return join(toolCache, 'precision-gate', part, version, platform);
}
/** Complete installations for this platform: the preferred version, then the newest. */
function cachedFolders(toolCache, part, preferred) {
    return list(join(toolCache, 'precision-gate', part))
        .filter((version) => /^\d+\.\d+\.\d+/.test(version))
        .sort((a, b) => Number(b === preferred) - Number(a === preferred) || compareVersions(b, a))
        .map((version) => partFolder(toolCache, part, version))
        .filter(isComplete);
}
/** Looks at every file's size: cleaners of temporary files and full disks take single ones away. */
function isComplete(folder) {
    const marker = readMarker(folder);
    return (marker !== undefined &&
        Object.entries(marker.files).every(([file, bytes]) => {
            const stats = statSync(join(folder, file), { throwIfNoEntry: false });
            return stats?.isFile() === true && stats.size === bytes;
        }));
}
function readMarker(folder) {
    try {
        const marker = JSON.parse(readFileSync(join(folder, MARKER), 'utf8'));
        return typeof marker?.files === 'object' && Array.isArray(marker.packages) ? marker : undefined;
    }
    catch {
        // Absent or damaged: both mean that nothing is installed there.
        return undefined;
    }
}
function markerFile(folder) {
    return join(folder, MARKER);
}
function list(folder) {
    try {
        return readdirSync(folder);
    }
    catch {
        // Absent or unreadable: nothing is cached.
        return [];
    }
}

const ONNXRUNTIME_PART = {
    name: 'onnxruntime',
    package: 'onnxruntime-node',
    // Session metadata (types and shapes of inputs and outputs) exists since 1.22; nothing before 1.26 has been tested.
    minimum: '1.26.0',
    preferred: ONNXRUNTIME_VERSION,
    defect: (path) => (hasBinding(path) ? undefined : `no library for ${platformName()}`)
};
const SHARP_PART = {
    name: 'sharp',
    package: 'sharp',
    // Pixels were compared with Pillow's from this series on; older ones bring other decoders.
    minimum: '0.35.0',
    preferred: SHARP.version,
    defect: (path) => (hasSharpBinding(path) ? undefined : `its @img/sharp-${platformName()} is missing`)
};
let sourcesOfProcess = {};
/** Sets where this process looks for native parts unless a call says otherwise; a shell does that once, at its start. */
function setSources(sources) {
    sourcesOfProcess = sources;
}
/**
 * Finds an installed onnxruntime-node: in `runtimePath` (nothing else is then looked at); else in the node_modules
 * folders from the working directory upwards, in those around this program, in the tool cache.
 * @throws RuntimeError that lists where it looked, what it found unfit and how to install it.
 */
function findOnnxRuntime(sources = {}) {
    return find(ONNXRUNTIME_PART, sources);
}
/**
 * Finds an installed sharp in the places of {@link findOnnxRuntime}; a `runtimePath` without one is passed over.
 * @throws RuntimeError as there.
 */
function findSharp(sources = {}) {
    return find(SHARP_PART, sources);
}
function find(part, asked) {
    const sources = {
        runtimePath: asked.runtimePath ?? sourcesOfProcess.runtimePath,
        toolCache: asked.toolCache ?? sourcesOfProcess.toolCache,
        from: asked.from ?? sourcesOfProcess.from
    };
    const named = sources.runtimePath === undefined ? undefined : fromRuntimePath(part, resolve(sources.runtimePath));
    if (named !== undefined)
        return named;
    const found = installations(part, sources);
    const usable = found.find(({ defect }) => defect === undefined);
    if (usable !== undefined)
        return { path: usable.path, version: usable.version, source: usable.source };
    assertSupported(currentPlatform());
    const from = resolve(sources.from ?? process.cwd());
    const cache = join(resolve(sources.toolCache ?? defaultToolCache()), 'precision-gate', part.name);
    throw new RuntimeError(found.length === 0
        ? `${part.package} is not installed (looked in ${from} and its parent folders, this program's own folder, ${cache})`
        : `no ${part.package} that works here is installed: ${found.map(describe(part)).join('; ')}`, `let this program fetch it (precision-gate setup-runtime, or --download), install it beside your project ` +
        `(npm install --ignore-scripts ${part.package}), or point to an installation with --runtime-path`);
}
/** The installations that a search meets, in its order, fit or not. */
function installations(part, sources) {
    const cache = resolve(sources.toolCache ?? defaultToolCache());
    const candidates = [
        ...upwards(resolve(sources.from ?? process.cwd()), part.package).map((path) => [path, 'project']),
        ...upwards(dirname(fileURLToPath(import.meta.url)), part.package).map((path) => [path, 'program']),
        ...cachedFolders(cache, part.name, part.preferred).map((folder) => [join(folder, 'node_modules', part.package), 'tool-cache'])
    ];
    return candidates.map(([path, source]) => {
        const version = manifest(path)?.version ?? '0.0.0';
        return { path, version, source, defect: tooOld(part, version) ?? part.defect(path) };
    });
}
function fromRuntimePath(part, folder) {
    const path = [join(folder, 'node_modules', part.package), folder].find((place) => manifest(place)?.name === part.package);
    if (path === undefined) {
        if (part.name === 'sharp')
            return undefined;
        throw new RuntimeError(`--runtime-path ${folder} holds no ${part.package}: neither node_modules/${part.package} in it nor the folder itself is the package`, `install it there: npm install --ignore-scripts --prefix ${folder} ${part.package}`);
    }
    const version = manifest(path)?.version ?? '0.0.0';
    const old = tooOld(part, version);
    // What else is wrong with it, loading it tells in more detail.
    if (old === undefined)
        return { path, version, source: 'runtime-path' };
    throw new RuntimeError(`${part.package} ${version} in ${path} is ${old}`, `install a newer ${part.package}`);
}
/** Node's own order, without its global folders: the same on every machine. */
function upwards(from, name) {
    const parent = dirname(from);
    const here = basename(from) === 'node_modules' ? from : join(from, 'node_modules');
    const path = join(here, name);
    const found = manifest(path)?.name === name ? [path] : [];
    return parent === from ? found : [...found, ...upwards(parent, name)];
}
function tooOld({ minimum }, version) {
    return compareVersions(version, minimum) < 0 ? `older than ${minimum}` : undefined;
}
function hasBinding(path) {
    const bin = join(path, 'bin');
    if (!existsSync(bin))
        return false;
    return readdirSync(bin).some((napi) => existsSync(join(bin, napi, process.platform, process.arch, 'onnxruntime_binding.node')));
}
/** As sharp looks for it: in a package of its own, or built from source. Where it really lies counts, for pnpm. */
function hasSharpBinding(path) {
    const real = realpathSync(path);
    const names = [`sharp-${platformName()}`, `sharp-linuxmusl-${process.arch}`, 'sharp-wasm32'];
    return (existsSync(join(real, 'src', 'build', 'Release')) || names.some((name) => upwards(real, `@img/${name}`).length > 0));
}
function manifest(folder) {
    try {
        return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    }
    catch {
        // Absent or damaged: no package.
        return undefined;
    }
}
function describe(part) {
    return ({ path, version, defect }) => `${part.package} ${version} in ${path}: ${defect ?? 'usable'}`;
}

const OWNER = 'owner.json';
/** Heartbeats that may be missing: of a process of this machine that is gone, and of any other. */
const [MISSED_IF_GONE, MISSED] = [3, 30];
/**
 * Runs `use` while holding the folder `<target>.lock`, which goes with all that is in it at the end. A lock whose
 * holder has died is taken over. The lock saves work, correctness must not depend on it: a process that slept for
 * minutes may wake up without it.
 * @param done is asked while waiting; a value ends the wait, because another process has done the work.
 * @param use gets the lock's folder, a place for temporary files on the target's file system.
 * @throws RuntimeError where another process holds the lock for too long; FileError where the folder is not writable.
 */
async function withLock(target, options, done, use) {
    const { log, signal, timeoutMs = 15 * 60_000, heartbeatMs = 2000 } = options;
    const folder = `${target}.lock`;
    const deadline = performance.now() + timeoutMs;
    const watch = new Watch(folder, heartbeatMs);
    await mkdir(dirname(folder), { recursive: true }).catch((error) => {
        throw asFileError(error, target);
    });
    for (let tries = 0;; tries++) {
        signal?.throwIfAborted();
        const value = done();
        if (value !== undefined)
            return value;
        const held = await acquire(folder, heartbeatMs);
        if (held !== undefined)
            return await held.during(use, folder);
        if (tries === 1)
            log.info(`waiting for another process that is installing ${target}`);
        if (performance.now() > deadline) {
            throw new RuntimeError(`${folder} has been held for ${Math.round(timeoutMs / 1000)} s by ${await watch.describe()}`, 'end that process, or remove the folder if it is no longer there');
        }
        if (await watch.isAbandoned())
            await takeAway(folder, watch.holder);
        else
            await setTimeout(Math.min(250, heartbeatMs) * (0.5 + Math.random()), undefined, { signal });
    }
}
class Held {
    folder;
    id;
    heartbeatMs;
    constructor(folder, id, heartbeatMs) {
        this.folder = folder;
        this.id = id;
        this.heartbeatMs = heartbeatMs;
    }
    async during(use, folder) {
        const beat = setInterval(() => {
            const now = new Date();
            utimes(join(this.folder, OWNER), now, now).catch(() => undefined);
        }, this.heartbeatMs);
        beat.unref();
        process.once('exit', this.#release);
        try {
            return await use(folder);
        }
        finally {
            clearInterval(beat);
            process.off('exit', this.#release);
            this.#release();
        }
    }
    /** Synchronous, because it also runs when the process ends. Not another's, which may have taken it over. */
    #release = () => {
        if (readHolder(this.folder)?.id === this.id)
            rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    };
}
async function acquire(folder, heartbeatMs) {
    const holder = { id: randomUUID(), host: hostname(), pid: process.pid };
    try {
        await mkdir(folder);
    }
    catch (error) {
        if (error.code === 'EEXIST')
            return undefined;
        throw asFileError(error, folder);
    }
    await writeFile(join(folder, OWNER), JSON.stringify(holder)).catch((error) => {
        throw asFileError(error, join(folder, OWNER));
    });
    return new Held(folder, holder.id, heartbeatMs);
}
/** Watches a holder's heartbeat by this process's clock: that of a file server may be another. */
class Watch {
    folder;
    heartbeatMs;
    holder;
    #beat = 0;
    #seen = performance.now();
    constructor(folder, heartbeatMs) {
        this.folder = folder;
        this.heartbeatMs = heartbeatMs;
    }
    async isAbandoned() {
        const holder = readHolder(this.folder);
        const stats = await stat(holder === undefined ? this.folder : join(this.folder, OWNER)).catch(() => undefined);
        if (stats === undefined)
            return false;
        if (stats.mtimeMs !== this.#beat || holder?.id !== this.holder?.id) {
            this.#beat = stats.mtimeMs;
            this.#seen = performance.now();
            this.holder = holder;
        }
        const missed = (performance.now() - this.#seen) / this.heartbeatMs;
        return missed > (holder !== undefined && isGone(holder) ? MISSED_IF_GONE : MISSED);
    }
    async describe() {
        const text = await readFile(join(this.folder, OWNER), 'utf8').catch(() => undefined);
        const holder = text === undefined ? undefined : readHolder(this.folder);
        return holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
    }
}
function readHolder(folder) {
    try {
        return JSON.parse(readFileSync(join(folder, OWNER), 'utf8'));
    }
    catch {
        // Not written yet, or just removed.
        return undefined;
    }
}
function isGone({ host, pid }) {
    if (host !== hostname())
        return false;
    try {
        process.kill(pid, 0);
        return false;
    }
    catch (error) {
        return error.code === 'ESRCH';
    }
}
/** Moving is atomic: of several that find a lock abandoned one gets it. */
async function takeAway(folder, holder) {
    const aside = `${folder}.${randomUUID()}`;
    try {
        await rename(folder, aside);
    }
    catch {
        // Another process was faster.
        return;
    }
    // Meanwhile a third may have taken the abandoned lock away and made one of its own, which this would be.
    if (readHolder(aside)?.id !== holder?.id)
        await rename(aside, folder).catch(() => undefined);
    await rm(aside, { recursive: true, force: true });
}

/** The bridge that ONNX Runtime loads providers through, and the providers. */
const PROVIDER_LIBRARIES = {
    shared: 'libonnxruntime_providers_shared.so',
    cuda: 'libonnxruntime_providers_cuda.so',
    tensorrt: 'libonnxruntime_providers_tensorrt.so'
};
/** Where the libraries are to be had, for people: they are on no npm registry. */
function howToGetProviderLibraries(version) {
    return (`take ${Object.values(PROVIDER_LIBRARIES).join(', ')} from onnxruntime/capi in the PyPI wheel ` +
        `onnxruntime-gpu ${version}, or from runtimes/linux-x64/native in the NuGet package ` +
        `Microsoft.ML.OnnxRuntime.Gpu.Linux ${version} (both are zip files; docs/gpu-runners.md), and give their folder to ` +
        'precision-gate setup-runtime --cuda-libraries FOLDER');
}
/**
 * Copies the CUDA and TensorRT provider libraries from a local folder beside the binding in the tool cache, where ONNX
 * Runtime looks for them. The TensorRT one may be missing. A SHA256SUMS file in the folder (as sha256sum writes it) is
 * binding for all of them.
 * @param installed the part's folder.
 * @throws RuntimeError off Linux x64; FileError naming the files that are missing, no libraries, or not those of SHA256SUMS.
 */
async function addProviderLibraries(part, installed, from, options) {
    if (part.platform !== 'linux-x64') {
        throw new RuntimeError(`onnxruntime-node has no CUDA or TensorRT provider for ${part.platform}`, 'they exist for Linux x64 only; use the cpu or webgpu provider');
    }
    const libraries = await checkLibraries(resolve(from), part.version);
    await withLock(installed, options, () => undefined, () => copyLibraries(libraries, resolve(from), installed));
    return libraries;
}
async function checkLibraries(from, version) {
    const { shared, cuda, tensorrt } = PROVIDER_LIBRARIES;
    const missing = [shared, cuda].filter((name) => !existsSync(join(from, name)));
    if (missing.length > 0) {
        throw new FileError(`${missing.join(' and ')} are not in ${from}`, howToGetProviderLibraries(version));
    }
    const sums = await readSums(join(from, 'SHA256SUMS'));
    const names = [shared, cuda, tensorrt].filter((name) => existsSync(join(from, name)));
    return Promise.all(names.map((name) => checkLibrary(from, name, sums)));
}
async function checkLibrary(from, name, sums) {
    const file = join(from, name);
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
    if (buffer.toString('latin1') !== '\x7fELF') {
        throw new FileError(`${file} is no shared library`, 'a Git LFS pointer, or a page that a download ended on?');
    }
    const sha256 = await sha256File(file);
    const expected = sums?.get(name);
    if (sums !== undefined && expected !== sha256) {
        throw new FileError(`${file} is not the file of SHA256SUMS: its SHA-256 is ${sha256}, there is ${expected ?? 'no line for it'}`);
    }
    return { name, sha256, verified: sums !== undefined };
}
/** `<64 hex digits> [ *]<name>` a line. */
async function readSums(file) {
    if (!existsSync(file))
        return undefined;
    const lines = (await readFile(file, 'utf8')).split('\n');
    const entries = lines.flatMap((line) => {
        const match = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(.+?)\r?$/.exec(line);
        return match === null ? [] : [[match[2], match[1].toLowerCase()]];
    });
    return new Map(entries);
}
async function copyLibraries(libraries, from, installed) {
    const marker = readMarker(installed);
    const folder = bindingFolder(installed);
    if (marker === undefined || folder === undefined)
        throw new RuntimeError(`${installed} holds no onnxruntime-node`);
    const added = { ...marker.added };
    const files = { ...marker.files };
    for (const { name, sha256 } of libraries) {
        const target = join(installed, folder, name);
        if (added[name] === sha256 && existsSync(target))
            continue;
        await replace(join(from, name), target);
        added[name] = sha256;
        files[`${folder}/${name}`] = (await stat(target)).size;
    }
    const text = `${JSON.stringify({ ...marker, files, added }, null, 1)}\n`;
    await writeFile(`${markerFile(installed)}.new`, text);
    await rename(`${markerFile(installed)}.new`, markerFile(installed));
}
/** A process may have the old one loaded: a new file leaves it alone, writing into it would not. */
async function replace(source, target) {
    const temporary = `${target}.new`;
    try {
        await copyFile(source, temporary, constants.COPYFILE_FICLONE);
        await rename(temporary, target);
    }
    catch (error) {
        await rm(temporary, { force: true });
        throw asFileError(error, target);
    }
}
function bindingFolder(installed) {
    const bin = 'node_modules/onnxruntime-node/bin';
    return readdirSync(join(installed, bin))
        .map((napi) => `${bin}/${napi}/linux/x64`)
        .find((folder) => existsSync(join(installed, folder)));
}

export { INTEL_MAC as I, ONNXRUNTIME_VERSION as O, PROVIDER_LIBRARIES as P, SHARP as S, findSharp as a, assertSupported as b, ONNXRUNTIME as c, platformName as d, currentPlatform as e, findOnnxRuntime as f, addProviderLibraries as g, defaultToolCache as h, isComplete as i, glibcVersion as j, compareVersions as k, howToGetProviderLibraries as l, markerFile as m, partFolder as p, readMarker as r, setSources as s, withLock as w };
