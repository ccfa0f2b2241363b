import type { ExecutedProfile, ProfiledSession, Session } from './types.js'

/** A session that has something to be done when it is released. */
export class WrappedSession implements Session {
  constructor(
    private readonly session: Session,
    private readonly released: () => Promise<void>
  ) {}

  get inputs(): Session['inputs'] {
    return this.session.inputs
  }

  get outputs(): Session['outputs'] {
    return this.session.outputs
  }

  run(...given: Parameters<Session['run']>): ReturnType<Session['run']> {
    return this.session.run(...given)
  }

  fill(...given: Parameters<Session['fill']>): ReturnType<Session['fill']> {
    return this.session.fill(...given)
  }

  async release(): Promise<void> {
    await this.session.release()
    await this.released()
  }
}

export class ObservedSession extends WrappedSession implements ProfiledSession {
  constructor(
    session: Session,
    readonly endProfile: () => Promise<ExecutedProfile>,
    discard: () => Promise<void>
  ) {
    super(session, discard)
  }
}
