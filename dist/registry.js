import process from 'node:process';
import { C as ConfigurationError } from './errors.js';

const silentProgress = {
    start: () => ({ update: () => undefined, finish: () => undefined })
};
const silentLogger = { info: () => undefined, warn: () => undefined, debug: () => undefined };
/**
 * `320/1000 (32 %), 41.2/s, 17 s left`. The rate is the mean since the start, which jumps less than a recent one where
 * images come in batches.
 */
function progressText(done, total, elapsedMs) {
    const share = total > 0 ? Math.floor((100 * done) / total) : 100;
    const place = `${done}/${total} (${share} %)`;
    if (done === 0 || elapsedMs <= 0)
        return place;
    const rate = (1000 * done) / elapsedMs;
    const left = done < total ? `, ${formatDuration((total - done) / rate)} left` : `, ${formatDuration(elapsedMs / 1000)}`;
    return `${place}, ${formatRate(rate)}/s${left}`;
}
function formatRate(rate) {
    return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}
/** `0.4 s`, `17 s`, `2 min 05 s`, `1 h 02 min`. */
function formatDuration(seconds) {
    if (seconds < 10)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    if (whole < 60)
        return `${whole} s`;
    const two = (value) => String(value).padStart(2, '0');
    if (whole < 3600)
        return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** npm's own; any other is the user's choice. */
const PUBLIC_REGISTRY = 'https://registry.npmjs.org';
/**
 * The registry to download from: the given one, npm's environment variable, the public one.
 * @throws ConfigurationError where it is no http or https address.
 */
function resolveRegistry(asked, env = process.env) {
    const text = asked || env.npm_config_registry || env.NPM_CONFIG_REGISTRY || PUBLIC_REGISTRY;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
        throw new ConfigurationError([{ message: `the registry ${JSON.stringify(text)} is no http or https address` }], 'give it in full, for example https://npm.example.org/repository/npm');
    }
    return url;
}
/** Where every npm registry and mirror has a package's tarball. */
function tarballUrl(registry, { name, version }) {
    const url = new URL(registry);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`;
    return url;
}
/** The name that `npm pack` gives a tarball: `img-sharp-linux-x64-0.35.5.tgz`. */
function packedName({ name, version }) {
    return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}
/** Without the password that a private registry's address may carry. */
function printableUrl(url) {
    const shown = new URL(url);
    shown.username = '';
    shown.password = '';
    // Signed addresses, to which registries redirect, are passwords too.
    shown.search = url.search === '' ? '' : '?...';
    return shown.href;
}

export { silentProgress as a, packedName as b, printableUrl as c, formatDuration as f, progressText as p, resolveRegistry as r, silentLogger as s, tarballUrl as t };
