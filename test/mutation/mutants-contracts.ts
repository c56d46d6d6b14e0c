import type { Mutant } from "./mutant.ts";

const DECIDE = "test/contracts/LogRegistryDecide.t.sol";
const ORIGIN = "test/contracts/AssetEscrowOrigin.t.sol";
const DESTINATION = "test/contracts/AssetEscrowDestination.t.sol";
const CERTIFICATES = "test/contracts/AssetEscrowCertificates.t.sol";
const EVIDENCE = "if (signedByOrigin && session.votedYes && session.burned) return ILogRegistry.Ground.ORIGIN;";

/** The contracts without one of their safeguards: what honest gateways never meet is seen here alone. */
export const CONTRACT_MUTANTS: readonly Mutant[] = [
  {
    id: "commit-without-yes",
    safeguard: "evidence",
    invariant: "I12",
    code: "contracts/libraries/SessionRules.sol#groundOf",
    does: "the register takes COMMIT without the destination's YES",
    patch: {
      file: "contracts/libraries/SessionRules.sol",
      find: EVIDENCE,
      replace: "if (signedByOrigin && session.burned) return ILogRegistry.Ground.ORIGIN;",
    },
    proofs: [
      { kind: "solidity", file: DECIDE, test: "testFuzz_decide_CommitNeedsYesAndBurnAndTheOriginsSignature" },
      { kind: "solidity", file: DECIDE, test: "test_decide_CommitRevertsAfterAVoteNo" },
    ],
  },
  {
    id: "commit-without-burn",
    safeguard: "evidence",
    invariant: "I12",
    code: "contracts/libraries/SessionRules.sol#groundOf",
    does: "the register takes COMMIT without the origin's logged burn",
    patch: {
      file: "contracts/libraries/SessionRules.sol",
      find: EVIDENCE,
      replace: "if (signedByOrigin && session.votedYes) return ILogRegistry.Ground.ORIGIN;",
    },
    proofs: [{ kind: "solidity", file: DECIDE, test: "testFuzz_decide_CommitNeedsYesAndBurnAndTheOriginsSignature" }],
  },
  {
    id: "abort-before-deadline",
    safeguard: "deadline",
    invariant: "I13",
    code: "contracts/libraries/SessionRules.sol#groundOf",
    does: "anyone writes ABORT at any time",
    patch: {
      file: "contracts/libraries/SessionRules.sol",
      find: "if (block.timestamp >= session.deadline) return",
      replace: "if (session.deadline != 0) return",
    },
    proofs: [{ kind: "solidity", file: DECIDE, test: "test_decide_AbortUnsignedRevertsBeforeAllGrounds" }],
  },
  {
    id: "decides-twice",
    safeguard: "decision",
    invariant: "I11",
    code: "contracts/LogRegistry.sol#decide",
    does: "a decision can be written over",
    patch: {
      file: "contracts/LogRegistry.sol",
      find: "        if (session.decision != Decision.NONE) revert LogRegistryAlreadyDecided(sessionId, session.decision);\n",
      replace: "",
    },
    proofs: [{ kind: "solidity", file: DECIDE, test: "testFuzz_decide_RevertsWhen_DecidedAlready" }],
  },
  {
    id: "statements-unsigned",
    safeguard: "signature",
    invariant: "I12",
    code: "contracts/LogAnchors.sol#_checkStatement",
    does: "decisions, openings, closings and anchors are taken under anybody's signature",
    patch: {
      file: "contracts/LogAnchors.sol",
      find: "        if (signer != key) revert LogRegistryForeignSignature(key, signer);\n",
      replace: "        if (signer == key) return;\n",
    },
    proofs: [{ kind: "solidity", file: DECIDE, test: "test_decide_RevertsWhen_AnotherSignedOrTheEpochIsStale" }],
  },
  {
    id: "entries-unsigned",
    safeguard: "signature",
    invariant: "I15",
    code: "contracts/libraries/EntryRules.sol#checkSignature",
    does: "entries are taken under anybody's signature",
    patch: {
      file: "contracts/libraries/EntryRules.sol",
      find: "        if (signer != key) {",
      replace: "        if (signer != key && isUnsigned(entry)) {",
    },
    proofs: [
      {
        kind: "solidity",
        file: "test/contracts/LogRegistryAppend.t.sol",
        test: "testFuzz_append_RefusesAForeignSignature",
      },
    ],
  },
  {
    id: "certificates-of-strangers",
    safeguard: "signature",
    invariant: "I10",
    code: "contracts/libraries/EscrowCertificates.sol#_isWitness",
    does: "a certificate is good from anybody",
    patch: {
      file: "contracts/libraries/EscrowCertificates.sol",
      find: "        if (_isOf(terms.destination, signer)) return true;",
      replace: "        if (signer != address(0)) return true;",
    },
    proofs: [{ kind: "solidity", file: CERTIFICATES, test: "test_certificate_RevertsWhen_ANonPartySigned" }],
  },
  {
    id: "origin-witnesses-commit",
    safeguard: "certificate",
    invariant: "I10",
    code: "contracts/libraries/EscrowCertificates.sol#_isWitness",
    does: "the origin's side is a witness of COMMIT (decision 007)",
    patch: {
      file: "contracts/libraries/EscrowCertificates.sol",
      find: "        return fact != IAssetEscrow.Fact.REGISTER_COMMIT && _isOf(terms.origin, signer);",
      replace: "        return fact != IAssetEscrow.Fact.NONE && _isOf(terms.origin, signer);",
    },
    proofs: [
      {
        kind: "solidity",
        file: CERTIFICATES,
        test: "test_certificate_OfCommit_RevertsWhen_TheOriginsGroupSigned",
      },
    ],
  },
  {
    id: "request-is-certificate",
    safeguard: "certificate",
    invariant: "I10",
    code: "contracts/libraries/EscrowCertificates.sol#requireFact",
    does: "the signed request to decide is as good as a certificate (V9)",
    patch: {
      file: "contracts/libraries/EscrowCertificates.sol",
      find: "            if (_isWitness(terms, expected, signer)) return;",
      replace: `            bytes32 request = keccak256(
                abi.encode(keccak256("Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)"), termsHash, 1, 1)
            );
            if (_isWitness(terms, expected, signer)) return;
            if (_isWitness(terms, expected, _signer(request, signatures[0]))) return;`,
    },
    proofs: [
      { kind: "solidity", file: CERTIFICATES, test: "test_certificate_RevertsWhen_ItIsTheSignedRequestToDecide" },
    ],
  },
  {
    id: "recreates-uncertified",
    safeguard: "certificate",
    invariant: "I5",
    code: "contracts/AssetEscrow.sol#recreate",
    does: "the origin's group recreates on its word alone",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "        _requireCertificate(terms, termsHash, IAssetEscrow.recreate.selector, certificate, Fact.DESTINATION_CANCELLED);\n",
      replace:
        "        if (!terms.origin.keys.contains(msg.sender)) _requireCertificate(terms, termsHash, IAssetEscrow.recreate.selector, certificate, Fact.DESTINATION_CANCELLED);\n",
    },
    proofs: [{ kind: "solidity", file: ORIGIN, test: "test_recreate_RevertsWhen_TheGroupHasNoCertificate" }],
  },
  {
    id: "assigns-uncertified",
    safeguard: "decision",
    invariant: "I14",
    code: "contracts/AssetEscrow.sol#assign",
    does: "anybody assigns",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "            _requireCertificate(terms, termsHash, IAssetEscrow.assign.selector, certificate, expected);\n",
      replace:
        "            if (expected == Fact.NONE) revert AssetEscrowUnauthorized(termsHash, IAssetEscrow.assign.selector, msg.sender);\n",
    },
    proofs: [{ kind: "solidity", file: DESTINATION, test: "test_assign_RevertsWhen_AStrangerHasNoCertificate" }],
  },
  {
    id: "origin-without-tombstone",
    safeguard: "tombstones",
    invariant: "I4",
    code: "contracts/AssetEscrow.sol#unlock",
    does: "`unlock` of an unseen session leaves nothing behind",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "            _enter(termsHash, State.REFUSED);\n",
      replace: "",
    },
    proofs: [{ kind: "solidity", file: ORIGIN, test: "test_unlock_OfAnUnseenSession_RefusesALateLock" }],
  },
  {
    id: "destination-without-tombstone",
    safeguard: "tombstones",
    invariant: "I4",
    code: "contracts/AssetEscrow.sol#cancel",
    does: "`cancel` of an unseen session leaves nothing behind",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "        _enter(termsHash, State.CANCELLED);\n",
      replace: "        if (state == State.MINTED) _enter(termsHash, State.CANCELLED);\n",
    },
    proofs: [{ kind: "solidity", file: DESTINATION, test: "test_cancel_OfAnUnseenSession_RefusesALateMint" }],
  },
  {
    id: "burns-unlocked",
    safeguard: "exclusion",
    invariant: "I3",
    code: "contracts/AssetEscrow.sol#burn",
    does: "`burn` may follow `unlock` (m9)",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "        if (_isDone(termsHash, IAssetEscrow.burn.selector, State.LOCKED, State.BURNED)) return;",
      replace:
        "        if (_sessions[termsHash].state != State.UNLOCKED && _isDone(termsHash, IAssetEscrow.burn.selector, State.LOCKED, State.BURNED)) return;",
    },
    proofs: [{ kind: "solidity", file: ORIGIN, test: "test_burn_RevertsWhen_TheLockWasUndone" }],
  },
  {
    id: "assigns-cancelled",
    safeguard: "exclusion",
    invariant: "I3",
    code: "contracts/AssetEscrow.sol#assign",
    does: "`assign` may follow `cancel`",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "        if (_isDone(termsHash, IAssetEscrow.assign.selector, State.MINTED, State.ASSIGNED)) return;",
      replace:
        "        if (_sessions[termsHash].state != State.CANCELLED && _isDone(termsHash, IAssetEscrow.assign.selector, State.MINTED, State.ASSIGNED)) return;",
    },
    proofs: [{ kind: "solidity", file: DESTINATION, test: "test_assign_RevertsWhen_TheSessionIsCancelled" }],
  },
  {
    id: "acts-twice",
    safeguard: "idempotency",
    invariant: "I6",
    code: "contracts/AssetEscrow.sol#_isDone",
    does: "an action that is repeated is done once more",
    patch: {
      file: "contracts/AssetEscrow.sol",
      find: "        if (actual == result) return true;",
      replace: "        if (actual == result) return false;",
    },
    proofs: [
      { kind: "solidity", file: DESTINATION, test: "test_assign_Twice_ChangesNothing" },
      { kind: "solidity", file: DESTINATION, test: "test_mint_Twice_ChangesNothing" },
    ],
  },
];
