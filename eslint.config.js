import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Not in any file. */
const FORBIDDEN_SYNTAX = [
  {
    selector: "MemberExpression[property.name='only'][object.name=/^(it|describe)$/]",
    message: "Runs one test alone.",
  },
  { selector: "ExportAllDeclaration", message: "No barrels: import from the defining file." },
];

const processProperty = (property, message) => ({ object: "process", property, message });

export default defineConfig(
  globalIgnores(["artifacts/", "cache/", ".cache/", "coverage/", "dist/", "bench/peers/", "src/chain/generated/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error", reportUnusedInlineConfigs: "error" } },

  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody awaits is a step that may not have happened.
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: false }],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/return-await": ["error", "in-try-catch"],
      "@typescript-eslint/no-explicit-any": ["error", { fixToUnknown: true }],
      "@typescript-eslint/no-unsafe-type-assertion": "off",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/prefer-optional-chain": "error",
      // `while (true)` with a named limit inside is the plain way to write a loop that reads, decides and goes on.
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      eqeqeq: "error",
      "no-restricted-syntax": ["error", ...FORBIDDEN_SYNTAX],
    },
  },

  {
    // Only the command line reads argv and env, prints, and ends the process; everything else is told.
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**"],
    rules: {
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        processProperty("argv", "Only src/cli reads it: take it as an option."),
        processProperty("env", "Only src/cli reads it: take it as an option."),
        processProperty("exit", "Only src/cli ends the process: throw."),
        processProperty("exitCode", "Only src/cli ends the process: throw."),
      ],
    },
  },

  {
    // Pure, so that a log folds to the same state anywhere: no clock, no randomness, no I/O.
    files: ["src/entry/**/*.ts", "src/protocol/**/*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["setTimeout", "setInterval", "setImmediate", "fetch", "performance", "crypto", "process"],
      ],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Pure: randomness comes in as an event." },
        { object: "Date", property: "now", message: "Pure: the time comes in as an event." },
      ],
      "no-restricted-syntax": [
        "error",
        ...FORBIDDEN_SYNTAX,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "Pure: the time comes in as an event.",
        },
      ],
    },
  },

  {
    files: ["test/**/*.ts"],
    rules: {
      // chai asserts with property expressions, and a test may say that a value is there.
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },

  {
    files: ["**/*.{js,mjs,cjs}"],
    extends: [tseslint.configs.recommended, tseslint.configs.disableTypeChecked],
    rules: { eqeqeq: "error" },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
