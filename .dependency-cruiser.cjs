// Who may import whom. The table is that of docs/ARCHITECTURE.md, "The house"; each row becomes a rule that forbids the rest.

/** Folder of src → folders of src that it may import from, beside its own. */
const MAY_IMPORT = {
  entry: [],
  protocol: ["entry"],
  chain: ["entry"],
  client: ["entry"],
  store: ["entry", "client"],
  ledger: ["entry"],
  gateway: ["protocol", "store", "ledger", "client", "entry"],
  api: ["store", "client", "entry"],
  audit: ["entry"],
  console: [],
  cli: ["entry", "protocol", "chain", "store", "ledger", "gateway", "client", "api", "audit", "console"],
};

/** Single files that may go further than their folder: the EVM drivers, and the gateway's public face for the API. */
const EXCEPTIONS = [
  { from: "^src/store/(chain|anchored)[-./]", to: "^src/chain/" },
  { from: "^src/ledger/(evm|escrow)[-./]", to: "^src/chain/" },
  { from: "^src/api/", to: "^src/gateway/public\\.ts$" },
];

const folders = Object.keys(MAY_IMPORT).join("|");

const walls = Object.entries(MAY_IMPORT).map(([folder, allowed]) => {
  const granted = EXCEPTIONS.filter(({ from }) => from.startsWith(`^src/${folder}/`));
  const own = [`^src/(${[folder, ...allowed].join("|")})/`];
  const wholeFolder = granted.filter(({ from }) => from === `^src/${folder}/`).map(({ to }) => to);
  const single = granted.filter(({ from }) => from !== `^src/${folder}/`);
  return {
    name: `wall-${folder}`,
    comment: `src/${folder} imports from src/${[folder, ...allowed].join(", src/")} only (see the table in .dependency-cruiser.cjs)`,
    severity: "error",
    from: { path: `^src/${folder}/`, ...(single.length > 0 ? { pathNot: single.map(({ from }) => from) } : {}) },
    to: { path: "^src/", pathNot: [...own, ...wholeFolder] },
  };
});

const exceptions = EXCEPTIONS.filter(({ from }) => !/^\^src\/\w+\/$/.test(from)).map(({ from, to }) => {
  const folder = from.split("/")[1];
  return {
    name: `wall-${folder}-driver`,
    comment: `this driver of src/${folder} imports what its folder may, and ${to}`,
    severity: "error",
    from: { path: from },
    to: { path: "^src/", pathNot: [`^src/(${[folder, ...MAY_IMPORT[folder]].join("|")})/`, to] },
  };
});

module.exports = {
  forbidden: [
    ...walls,
    ...exceptions,
    {
      name: "no-unlisted-folder",
      comment: "every folder of src has a row in the table, so that no code lives outside the walls",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${folders})/` },
      to: {},
    },
    { name: "no-circular", comment: "no circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "pure-core",
      comment: "src/entry and src/protocol are pure: of Node they may use hashing and nothing else",
      severity: "error",
      from: { path: "^src/(entry|protocol)/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|buffer)$" },
    },
    {
      name: "no-tools-at-run-time",
      comment: "what ships neither compiles nor tests: no development packages, scripts or tests in src",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/chain/generated/types/" },
      to: {
        path: [
          "^(scripts|test|bench|examples|hardhat\\.config)",
          "node_modules/(hardhat|@nomicfoundation|chai|mocha|fast-check|solc)/",
        ],
      },
    },
    {
      name: "no-unresolvable",
      comment: "every import leads somewhere",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src/chain/generated/types/(factories/|hardhat\\.d\\.ts|index\\.ts)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".json", ".d.ts"],
    },
  },
};
