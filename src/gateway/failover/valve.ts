import { GatelogError } from "../../entry/errors.ts";
import type { GatewayPorts } from "../ports.ts";

/** What leaves the process, by port: writes to the log, messages to peers. */
const WRITES: ReadonlySet<string> = new Set(["openSession", "append", "closeLog", "decide"]);
const SENDS: ReadonlySet<string> = new Set(["send", "offer", "push"]);
const FLUSHES: ReadonlySet<string> = new Set(["flush"]);
const ACTS: ReadonlySet<string> = new Set(["act", "certify"]);
const ADOPTS: ReadonlySet<string> = new Set(["adopt"]);

/**
 * Stands between a member's gateway and the world. Shut, it lets nothing out: what would leave fails with NOT_PRIMARY and is counted.
 * A gateway that works as it should never runs into it, so that the count shows whether it does. Each tenure of a primary has one of
 * its own, and what it still tries behind its end stays in.
 */
export class Valve {
  readonly #onHeld: (what: string) => void;
  #isOpen = false;

  /** @param onHeld Told of everything that was held back. */
  constructor(onHeld: (what: string) => void) {
    this.#onHeld = onHeld;
  }

  open(): void {
    this.#isOpen = true;
  }

  shut(): void {
    this.#isOpen = false;
  }

  /** The same ports, with everything that leaves going through the valve. */
  around(ports: GatewayPorts): GatewayPorts {
    const { store, outbox, peers, ledgers, privateLogs } = ports;
    return {
      ...ports,
      store: this.#guarded(store, WRITES),
      outbox: this.#guarded(outbox, FLUSHES),
      peers: this.#guarded(peers, SENDS),
      ledgers: new Map([...ledgers].map(([networkId, ledger]) => [networkId, this.#guarded(ledger, ACTS)])),
      ...(privateLogs && {
        privateLogs: {
          copies: this.#guarded(privateLogs.copies, ADOPTS),
          runs: this.#guarded(privateLogs.runs, SENDS),
        },
      }),
    };
  }

  #guarded<T extends object>(target: T, methods: ReadonlySet<string>): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== "function") return member;
        return (...values: unknown[]): unknown => {
          if (typeof name !== "string" || !methods.has(name) || this.#isOpen)
            return Reflect.apply(member, object, values);
          this.#onHeld(name);
          return Promise.reject(new GatelogError("NOT_PRIMARY", `a standby does not ${name}`, { what: name }));
        };
      },
    });
  }
}
