// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {ILogRegistry} from "../interfaces/ILogRegistry.sol";
import {LogEntry} from "./LogEntry.sol";

/// @title What makes a session, and what its register needs for a decision.
library SessionRules {
    /// @dev Limit in bytes.
    uint256 internal constant FACTS_SIZE_MAX = 2_048;
    /// @dev Readers hold a deadline as a number up to 2^53 - 1; one beyond it would be a session that nobody can read.
    uint256 internal constant DEADLINE_MAX = 2 ** 53 - 1;

    /// @dev Reverts if the members contradict each other. Whether the gateways are registered is not seen from here.
    function check(ILogRegistry.Session calldata session) internal view {
        bytes16 sessionId = session.sessionId;
        uint256 size = session.facts.length;
        if (sessionId == 0) revert ILogRegistry.LogRegistryInvalidSession(sessionId, "sessionId");
        if (size > FACTS_SIZE_MAX) revert ILogRegistry.LogRegistryFactsTooLarge(FACTS_SIZE_MAX, size);
        if (session.destinationGatewayId == session.originGatewayId) {
            revert ILogRegistry.LogRegistryInvalidSession(sessionId, "destinationGatewayId");
        }
        // A gateway alone has nobody to decide with; two of them need a deadline that has not passed.
        bool valid =
            session.destinationGatewayId == 0
                ? session.deadline == 0
                : session.deadline > block.timestamp && session.deadline <= DEADLINE_MAX;
        if (!valid) revert ILogRegistry.LogRegistryInvalidSession(sessionId, "deadline");
    }

    /// @dev Hash of everything that the origin signs when it opens the session.
    function hashOf(ILogRegistry.Session calldata session) internal pure returns (bytes32 sessionHash) {
        bytes32 factsHash = keccak256(
            abi.encode(
                session.originGatewayId,
                session.destinationGatewayId,
                session.deadline,
                keccak256(session.facts)
            )
        );
        return sessionHashOf(session.sessionId, factsHash);
    }

    /// @dev Binds the session's id to its facts. Equals `keccak256(abi.encode(sessionId, factsHash))`.
    function sessionHashOf(bytes16 sessionId, bytes32 factsHash) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(sessionId, factsHash);
    }

    /// @dev Keeps what the register needs to know of an entry that was appended to a log of the session: the destination's
    /// first vote, and that the origin has burned. A second vote stands in the log as any entry does and counts for nothing.
    function record(ILogRegistry.SessionState storage session, uint256 kind, bool byOrigin) internal {
        if (byOrigin) {
            if (kind == LogEntry.KIND_BURNED) session.burned = true;
            return;
        }
        if (session.votedYes || session.votedNo) return;
        if (kind == LogEntry.KIND_VOTED_YES) session.votedYes = true;
        else if (kind == LogEntry.KIND_VOTED_NO) session.votedNo = true;
    }

    /// @dev On what ground the decision may be written now, or NONE. COMMIT stands on the origin's signature together with the
    /// evidence in both logs; ABORT on any one ground.
    function groundOf(
        ILogRegistry.SessionState storage session,
        ILogRegistry.Decision decision,
        bool signedByOrigin
    ) internal view returns (ILogRegistry.Ground) {
        if (decision == ILogRegistry.Decision.ABORT) {
            if (signedByOrigin) return ILogRegistry.Ground.ORIGIN;
            if (session.votedNo) return ILogRegistry.Ground.VOTE_NO;
            if (block.timestamp >= session.deadline) return ILogRegistry.Ground.DEADLINE;
        } else if (decision == ILogRegistry.Decision.COMMIT) {
            if (signedByOrigin && session.votedYes && session.burned) return ILogRegistry.Ground.ORIGIN;
        }
        return ILogRegistry.Ground.NONE;
    }
}
