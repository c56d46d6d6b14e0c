import { expect } from "chai";
import { join } from "node:path";
import type { GatelogNet, Side } from "./gatelog-net.ts";
import { gatelog } from "./gatelog.ts";
import type { GroupHome } from "./group-net.ts";

/** Log and group in a schema of a database, and no chain for either. @param store As the configuration names it. */
export function postgresHome(net: GatelogNet, side: Side, store: object): GroupHome {
  const signed = `${side}-group.json`;
  return {
    config: join(net.dir, `${side}-private.yaml`),
    settings: () => ({ store }),
    group: { signed: `./${signed}` },
    tell: async ([first, ...backups]) => {
      const owner = ["--owner-key-file", join(net.dir, net.writeKey(`${side}Owner`))];
      const { code, stderr } = await gatelog([
        ...[
          "--json",
          "gateway",
          "sign-backups",
          "--file",
          join(net.dir, signed),
          "--name",
          `${side}-gateway`,
          ...owner,
        ],
        ...["--primary", first?.key ?? "", "--backup", ...backups.map(({ key }) => key)],
      ]);
      expect(code, stderr).to.equal(0);
    },
  };
}
