// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title The log entry: its header word and the digest that is hashed, chained and signed.
/// @dev The header packs the small fields so that they cost one word of calldata and one of event data. From the most
/// significant bit: version 8 | operation 8 | vote 8 | step 16 | command 16 | timestamp 64 | seqNumber 64 | epoch 32 |
/// index 32 | spare 8. The digest has every field apart, so that a wallet can show what it signs.
library LogEntry {
    uint256 internal constant VERSION = 1;

    uint256 internal constant OPERATION_INIT = 1;
    uint256 internal constant OPERATION_DONE = 3;
    uint256 internal constant OPERATION_ACK = 4;
    uint256 internal constant OPERATION_FAIL = 5;

    uint256 internal constant VOTE_NONE = 0;
    uint256 internal constant VOTE_YES = 1;
    uint256 internal constant VOTE_NO = 2;

    /// @dev Steps and commands of the two kinds of entry that the register of decisions reads.
    uint256 internal constant STEP_COMMIT_READY = 303;
    uint256 internal constant STEP_BURN = 304;
    uint256 internal constant COMMAND_PREPARE = 6;
    uint256 internal constant COMMAND_BURN = 8;

    /// @dev `EIP712Domain(string name,string version)` with "Gatelog Log Entry" and "1". No chain and no contract: an entry
    /// keeps its hash when it is copied to another store or registry; sessionHash is what binds it to one session.
    /// A literal, because a constant built from an expression over memory is evaluated at every use (270 gas per entry).
    bytes32 internal constant DOMAIN_SEPARATOR = 0x0;

    /// @dev Hash of the type `Entry(uint8 version,bytes16 sessionId,bytes32 sessionHash,bytes32 gatewayId,uint32 epoch,
    /// uint32 index,uint64 seqNumber,uint16 step,uint8 operation,uint8 vote,uint16 command,uint64 timestamp,bytes32 causedBy,
    /// bytes32 payloadHash,bytes32 lastEntryHash)`.
    bytes32 internal constant TYPE_HASH = 0x0;

    /// @dev The first five fields of a header that tell the register what an entry means.
    uint256 private constant KIND_VOTED_YES =
        (((((((VERSION << 8) | OPERATION_ACK) << 8) | VOTE_YES) << 16) | STEP_COMMIT_READY) << 16) | COMMAND_PREPARE;
    uint256 private constant KIND_VOTED_NO =
        (((((((VERSION << 8) | OPERATION_ACK) << 8) | VOTE_NO) << 16) | STEP_COMMIT_READY) << 16) | COMMAND_PREPARE;
    uint256 private constant KIND_BURNED =
        (((((((VERSION << 8) | OPERATION_DONE) << 8) | VOTE_NONE) << 16) | STEP_BURN) << 16) | COMMAND_BURN;

    /// @dev Whether the header is of this version, names an operation and a vote that exist, and has no spare bit set.
    function isValid(bytes32 header) internal pure returns (bool) {
        uint256 word = uint256(header);
        uint256 op = operation(word);
        return
            word >> 248 == VERSION &&
            op >= OPERATION_INIT &&
            op <= OPERATION_FAIL &&
            vote(word) <= VOTE_NO &&
            uint8(word) == 0;
    }
}
