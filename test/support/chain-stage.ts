import { randomUUID } from "node:crypto";

import { Wallet } from "ethers";

import { createLane } from "../../src/chain/lane.ts";
import { registerGateway, rotateKey } from "../../src/chain/register-gateway.ts";
import { toHex } from "../../src/entry/hex.ts";
import { keySigner, type DigestSigner } from "../../src/entry/signature.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { developmentSigner } from "./accounts.ts";
import type { TestChain } from "./chains.ts";
import { ACCOUNTS, type TestLog } from "./deploy.ts";
import type { WorldDriver } from "./store-stages.ts";

/** The chain's driver over a node that the test has started; all stages share its registry. */
export function chainDriver(world: () => { readonly node: TestChain; readonly log: TestLog }): WorldDriver {
  const openStore = (): ChainLogStore => {
    const { log } = world();
    return new ChainLogStore(
      { chain: log.chain, lane: createLane(log.chain, developmentSigner(ACCOUNTS.carrier)) },
      { registry: log.logRegistry, durability: "included" },
    );
  };
  return {
    name: "chain",
    keepsRegister: true,
    reopens: true,
    shares: true,
    asksDirectory: false,
    keepsEvidence: false,
    openStage() {
      const { node, log } = world();
      const owner = developmentSigner(ACCOUNTS.ownerA);
      const access = { chain: log.chain, lane: log.lane, registry: log.logRegistry };
      let store = openStore();
      return Promise.resolve({
        store,
        directory: store.directory,
        log: { chainId: node.chainId, registry: log.logRegistry },
        createGateway: async () => {
          const signer = freshSigner();
          const registration = { owner, name: randomUUID(), key: signer.address, endpoints: ["http://127.0.0.1:1"] };
          return { gatewayId: await registerGateway(access, registration), epoch: 1, signer };
        },
        rotateKey: async ({ gatewayId, epoch }) => {
          const signer = freshSigner();
          await rotateKey(access, owner, gatewayId, signer.address);
          return { gatewayId, epoch: epoch + 1, signer };
        },
        now: async () => (await log.chain.head()).timestamp,
        advance: async (seconds) => node.moveTo((await log.chain.head()).timestamp + seconds),
        reopen: async () => {
          await store.close();
          store = openStore();
          return store;
        },
        openAnother: () => Promise.resolve(openStore()),
        close: () => store.close(),
      });
    },
  };
}

function freshSigner(): DigestSigner {
  return keySigner(toHex(Wallet.createRandom().privateKey));
}
