import type { Request, RequestHandler } from "express";
import { GatelogError } from "../entry/errors.ts";

/** Names and addresses that are this machine wherever they are resolved: no web page can be served under one by anybody else. */
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;
/** Sites of whoever made a browser send a request: the service's own pages, and the person at the browser. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);
const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const MAX_SHOWN = 200;

/**
 * Refuses what a web page of somebody else makes a browser send (FOREIGN_ORIGIN), whatever is asked for: loopback is no border to a
 * browser. A page has three ways here, and each shows. A request to another origin carries `Origin`, or, if it only reads, the
 * site in `Sec-Fetch-Site` (Fetch Metadata); a link that a person follows is let through. A page whose own name was made to lead here (DNS
 * rebinding) has that name as `Host`: only loopback and `hosts` are served. What is no browser says none of this, but `Host`.
 * @param hosts Further names that the service is reached by, without a port: of a proxy before it.
 */
export function ownRequests(hosts: readonly string[]): RequestHandler {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  return (request, _response, next) => {
    const host = request.get("Host")?.toLowerCase();
    const name = host?.replace(/:\d*$/, "");
    // HTTP/1.0 may leave it out; a browser never does.
    if (name !== undefined && !LOOPBACK.test(name) && !known.has(name))
      throw foreign("the service is not reached by this host name; see the member hosts of its configuration", {
        host: name.slice(0, MAX_SHOWN),
      });
    const origin = request.get("Origin");
    if (origin !== undefined && hostOf(origin) !== host)
      throw foreign("a web page of another origin asks", { origin: origin.slice(0, MAX_SHOWN) });
    const site = request.get("Sec-Fetch-Site");
    if (site !== undefined && !OWN_SITES.has(site) && !isFollowedLink(request))
      throw foreign("a web page of another site asks", { site: site.slice(0, MAX_SHOWN) });
    next();
  };
}

function isFollowedLink(request: Request): boolean {
  return (
    READING.has(request.method) &&
    request.get("Sec-Fetch-Mode") === "navigate" &&
    request.get("Sec-Fetch-Dest") === "document"
  );
}

/** With its port, unless that is the scheme's own; undefined for `null`, the origin of pages that have none. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function foreign(message: string, context: Record<string, string>): GatelogError {
  return new GatelogError("FOREIGN_ORIGIN", message, context);
}
