import * as z from 'zod'
import type { Answer, GitHubClient } from '../client.js'

/** Who `GITHUB_TOKEN` writes as. */
const ACTIONS_BOT = 'github-actions[bot]'

const viewerSchema = z.object({ viewer: z.object({ login: z.string().min(1) }) })
const userSchema = z.object({ login: z.string().min(1) })

/**
 * The login that the token writes as. `GET /user` is closed to app tokens, `GITHUB_TOKEN` among them; GraphQL's viewer
 * is open to all of them, but not everywhere (a GitHub Enterprise Server may close it).
 */
export async function ownLogin(client: GitHubClient): Promise<Answer<string>> {
  const purpose = 'find out who the token writes as'
  const viewer = await client.query({ purpose, query: 'query { viewer { login } }', schema: viewerSchema })
  if (viewer.ok) return { ok: true, data: viewer.data.viewer.login }
  const user = await client.request({ purpose, route: 'GET /user', schema: userSchema })
  if (user.ok) return { ok: true, data: user.data.login }
  return user.failure.kind === 'denied' ? { ok: true, data: ACTIONS_BOT } : user
}

/** GraphQL may name an app without its `[bot]`; brackets cannot be part of a user's name, so nobody registers as one. */
export function isWrittenBy(author: { readonly login: string } | null, login: string): boolean {
  return author !== null && (author.login === login || author.login === `${login}[bot]`)
}
