// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title The log entry: its header word, and the digest that is chained and signed.
/// @dev The header packs the small fields, so that they cost one word of calldata and one of event data. From the most
/// significant bit: version 8 | operation 8 | vote 8 | step 16 | command 16 | timestamp 64 | seqNumber 64 | epoch 32 |
/// index 32 | spare 8. The digest has every field apart, so that a wallet can show what it signs.
library LogEntry {
    uint256 internal constant VERSION = 1;

    uint256 internal constant OPERATION_INIT = 1;
    uint256 internal constant OPERATION_EXEC = 2;
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

    /// @dev Digest of `EIP712Domain(string name,string version)` with "Gatelog Log Entry" and "1". No chain and no contract:
    /// an entry keeps its hash when it is copied to a backup, another store or a new registry; what binds it to one session
    /// is `sessionHash`. A literal, because a constant over `abi.encode` is evaluated anew at every use.
    bytes32 internal constant DOMAIN_SEPARATOR = 0x2e516e115d33ef1bb069ec7e0948701576e615d43581d7f7c1c32d4dcedfe472;

    bytes32 internal constant TYPE_HASH = keccak256(
        "Entry(uint8 version,bytes16 sessionId,bytes32 sessionHash,bytes32 gatewayId,uint32 epoch,uint32 index,uint64 seqNumber,uint16 step,uint8 operation,uint8 vote,uint16 command,uint64 timestamp,bytes32 causedBy,bytes32 payloadHash,bytes32 lastEntryHash)"
    );

    /// @dev What an entry means to the register: the header's version, operation, vote, step and command as one number.
    uint256 internal constant KIND_VOTED_YES =
        (VERSION << 48) | (OPERATION_ACK << 40) | (VOTE_YES << 32) | (STEP_COMMIT_READY << 16) | COMMAND_PREPARE;
    uint256 internal constant KIND_VOTED_NO =
        (VERSION << 48) | (OPERATION_ACK << 40) | (VOTE_NO << 32) | (STEP_COMMIT_READY << 16) | COMMAND_PREPARE;
    uint256 internal constant KIND_BURNED =
        (VERSION << 48) | (OPERATION_DONE << 40) | (VOTE_NONE << 32) | (STEP_BURN << 16) | COMMAND_BURN;

    /// @dev Bits that are always zero: the spare ones, and the top 11 of timestamp and seqNumber. Readers hold those two as
    /// numbers up to 2^53 - 1; beyond that a writer could make its own log unreadable, or leave its peer no next seqNumber.
    uint256 internal constant ZERO_BITS = (0x7ff << 189) | (0x7ff << 125) | 0xff;

    /// @dev Whether the header is of this version, names an operation and a vote that exist, and has no bit set that must be zero.
    function isValidHeader(bytes32 header) internal pure returns (bool) {
        uint256 word = uint256(header);
        uint256 operation = uint8(word >> 240);
        return
            word >> 248 == VERSION &&
            operation >= OPERATION_INIT &&
            operation <= OPERATION_FAIL &&
            uint8(word >> 232) <= VOTE_NO &&
            word & ZERO_BITS == 0;
    }

    function kindOf(bytes32 header) internal pure returns (uint256) {
        return uint256(header) >> 200;
    }

    /// @dev Whether the register of decisions must know of an entry of this kind.
    function isEvidence(uint256 kind) internal pure returns (bool) {
        return kind == KIND_VOTED_YES || kind == KIND_VOTED_NO || kind == KIND_BURNED;
    }

    function epochOf(bytes32 header) internal pure returns (uint256) {
        return uint32(uint256(header) >> 40);
    }

    function indexOf(bytes32 header) internal pure returns (uint256) {
        return uint32(uint256(header) >> 8);
    }

    /// @dev The entry's hash: the EIP-712 digest of the typed entry, under the domain of name and version alone.
    function hashOf(
        bytes32 header,
        bytes16 sessionId,
        bytes32 sessionHash,
        bytes32 gatewayId,
        bytes32 causedBy,
        bytes32 payloadHash,
        bytes32 lastEntryHash
    ) internal pure returns (bytes32) {
        uint256 word = uint256(header);
        bytes32 structHash = keccak256(
            abi.encode(
                TYPE_HASH,
                uint8(word >> 248), // version
                sessionId,
                sessionHash,
                gatewayId,
                uint32(word >> 40), // epoch
                uint32(word >> 8), // index
                uint64(word >> 72), // seqNumber
                uint16(word >> 216), // step
                uint8(word >> 240), // operation
                uint8(word >> 232), // vote
                uint16(word >> 200), // command
                uint64(word >> 136), // timestamp
                causedBy,
                payloadHash,
                lastEntryHash
            )
        );
        return MessageHashUtils.toTypedDataHash(DOMAIN_SEPARATOR, structHash);
    }
}
