import { E as ExitCode } from './errors.js';

/**
 * One answer for the run: error where something did not run, failure where a limit is broken, inconclusive where one
 * could not be decided or none was set, else success.
 *
 * @param failed what did not run, each as a sentence.
 */
function conclude(verdicts, failed) {
    const broken = reasonsOf(verdicts, 'fail');
    const open = reasonsOf(verdicts, 'inconclusive');
    const warnings = reasonsOf(verdicts, 'warn');
    if (failed.length > 0)
        return { conclusion: 'error', reasons: [...failed, ...broken] };
    if (broken.length > 0)
        return { conclusion: 'failure', reasons: broken };
    if (verdicts.length === 0)
        return { conclusion: 'inconclusive', reasons: ['no limit is set, so nothing was judged'] };
    if (open.length > 0)
        return { conclusion: 'inconclusive', reasons: open };
    const held = verdicts.length - warnings.length;
    return { conclusion: 'success', reasons: [`${held} of ${verdicts.length} limits hold`, ...warnings] };
}
/**
 * Only `success`, and `inconclusive` where the config allows it, end with 0.
 * @param onInconclusive the config's `on_inconclusive`.
 */
function exitCodeOf({ conclusion }, onInconclusive) {
    switch (conclusion) {
        case 'success':
            return ExitCode.pass;
        case 'failure':
            return ExitCode.limitBroken;
        case 'inconclusive':
            return onInconclusive === 'fail' ? ExitCode.inconclusive : ExitCode.pass;
        case 'error':
            return ExitCode.runtime;
    }
}
function reasonsOf(verdicts, status) {
    return verdicts.filter((verdict) => verdict.status === status).map(({ variant, message }) => `${variant}: ${message}`);
}

export { conclude as c, exitCodeOf as e };
