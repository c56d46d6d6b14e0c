// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What the registry keeps of a log: one word, so that an append costs one storage write.
/// From the most significant bit: head 192 | lastBlock 32 | origin 1 | destination 1 | closed 1 | open 1 | length 28.
/// A word is zero if and only if there is no such log: opening sets `open` and a role, closing swaps `open` for `closed`.
type LogHead is uint256;

using LogHeadLibrary for LogHead global;

/// @dev The role of a log's writer in its session.
enum Role {
    ORIGIN,
    DESTINATION
}

/// @title The word of a log.
/// @dev The head is cut to 192 bits for the comparison in the contract alone; signatures and events use all 256. To make two
/// entries whose hashes agree in 192 bits costs the log's own writer 2^96 work, and the events would still show it.
library LogHeadLibrary {
    /// @dev A log can hold this many entries: 28 bits of length.
    uint256 internal constant LENGTH_MAX = (1 << 28) - 1;

    uint256 private constant OPEN = 1 << 28;
    uint256 private constant CLOSED = 1 << 29;
    uint256 private constant DESTINATION = 1 << 30;
    uint256 private constant ORIGIN = 1 << 31;
    uint256 private constant ROLE_MASK = ORIGIN | DESTINATION;
    uint256 private constant LAST_BLOCK_SHIFT = 32;
    uint256 private constant HEAD_MASK = ~uint256(type(uint64).max);

    /// @dev The word of a log that was opened in this block and has no entry.
    function opened(Role role) internal view returns (LogHead) {
        return LogHead.wrap(_lastBlock() | (role == Role.ORIGIN ? ORIGIN : DESTINATION) | OPEN);
    }

    /// @dev The word after one more entry. The caller has checked that the log is open and not full, so adding one to the
    /// length stays within its 28 bits.
    function appended(LogHead self, bytes32 entryHash) internal view returns (LogHead) {
        uint256 flagsAndLength = (LogHead.unwrap(self) & type(uint32).max) + 1;
        return LogHead.wrap((uint256(entryHash) & HEAD_MASK) | _lastBlock() | flagsAndLength);
    }

    /// @dev The word of an open log after it was closed in this block.
    function closed(LogHead self) internal view returns (LogHead) {
        uint256 roleAndLength = LogHead.unwrap(self) & (ROLE_MASK | LENGTH_MAX);
        return LogHead.wrap((LogHead.unwrap(self) & HEAD_MASK) | _lastBlock() | CLOSED | roleAndLength);
    }

    function exists(LogHead self) internal pure returns (bool) {
        return LogHead.unwrap(self) != 0;
    }

    function isOpen(LogHead self) internal pure returns (bool) {
        return LogHead.unwrap(self) & OPEN != 0;
    }

    function isClosed(LogHead self) internal pure returns (bool) {
        return LogHead.unwrap(self) & CLOSED != 0;
    }

    function isOrigin(LogHead self) internal pure returns (bool) {
        return LogHead.unwrap(self) & ORIGIN != 0;
    }

    function length(LogHead self) internal pure returns (uint256) {
        return LogHead.unwrap(self) & LENGTH_MAX;
    }

    function lastBlock(LogHead self) internal pure returns (uint32) {
        return uint32(LogHead.unwrap(self) >> LAST_BLOCK_SHIFT);
    }

    /// @dev First 24 bytes of the last entry's hash; zero for an empty log.
    function lastEntryHash(LogHead self) internal pure returns (bytes24) {
        return bytes24(bytes32(LogHead.unwrap(self)));
    }

    /// @dev 32 bits of block number last 13 years at ten blocks a second.
    function _lastBlock() private view returns (uint256) {
        return uint256(uint32(block.number)) << LAST_BLOCK_SHIFT;
    }
}
