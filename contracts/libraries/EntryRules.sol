// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {ILogRegistry} from "../interfaces/ILogRegistry.sol";
import {LogEntry} from "./LogEntry.sol";
import {LogHead, LogHeadLibrary} from "./LogHead.sol";

/// @title What makes an entry the next one of its log.
/// @dev A refusal is an encoded error of `ILogRegistry`, or empty: `append` reverts with it, `appendBatch` names it in an event.
library EntryRules {
    using LogEntry for bytes32;

    /// @dev Limit in bytes.
    uint256 internal constant PAYLOAD_SIZE_MAX = 16_384;

    /// @dev Everything but the signature. The log's word proves by not being zero that the gateway is a party to the session.
    /// @param epoch Current epoch of the entry's gateway.
    function check(
        ILogRegistry.EntryInput calldata entry,
        bytes calldata payload,
        bytes32 sessionHash,
        LogHead log,
        uint256 epoch
    ) internal pure returns (bytes memory refusal) {
        bytes32 header = entry.header;
        if (!header.isValidHeader())
            return abi.encodeWithSelector(ILogRegistry.LogRegistryInvalidHeader.selector, header);
        if (payload.length > PAYLOAD_SIZE_MAX) {
            return
                abi.encodeWithSelector(
                    ILogRegistry.LogRegistryPayloadTooLarge.selector,
                    PAYLOAD_SIZE_MAX,
                    payload.length
                );
        }
        if (!log.isOpen()) return _notOpen(entry, sessionHash, log);
        if (header.epochOf() != epoch) {
            return abi.encodeWithSelector(ILogRegistry.LogRegistryStaleEpoch.selector, epoch, header.epochOf());
        }
        uint256 length = log.length();
        if (header.indexOf() != length) {
            return abi.encodeWithSelector(ILogRegistry.LogRegistryWrongIndex.selector, length, header.indexOf());
        }
        if (length == LogHeadLibrary.LENGTH_MAX) {
            return abi.encodeWithSelector(ILogRegistry.LogRegistryLogFull.selector, length);
        }
        bytes32 lastEntryHash = entry.lastEntryHash;
        if (bytes24(lastEntryHash) != log.lastEntryHash()) {
            return
                abi.encodeWithSelector(
                    ILogRegistry.LogRegistryWrongHead.selector,
                    bytes32(log.lastEntryHash()),
                    lastEntryHash
                );
        }
    }

    function hashOf(
        ILogRegistry.EntryInput calldata entry,
        bytes32 sessionHash,
        bytes32 payloadHash
    ) internal pure returns (bytes32 entryHash) {
        return
            entry.header.hashOf(
                entry.sessionId,
                sessionHash,
                entry.gatewayId,
                entry.causedBy,
                payloadHash,
                entry.lastEntryHash
            );
    }

    /// @param key Current key of the entry's gateway; not zero, so that a bad signature, which recovers zero, is foreign.
    function checkSignature(
        ILogRegistry.EntryInput calldata entry,
        bytes32 entryHash,
        address key
    ) internal pure returns (bytes memory refusal) {
        (address signer, , ) = ECDSA.tryRecover(entryHash, entry.r, entry.vs);
        if (signer != key) {
            if (isUnsigned(entry)) {
                return
                    abi.encodeWithSelector(
                        ILogRegistry.LogRegistryUnsignedRun.selector,
                        entry.gatewayId,
                        entry.header.indexOf()
                    );
            }
            return abi.encodeWithSelector(ILogRegistry.LogRegistryForeignSignature.selector, key, signer);
        }
    }

    /// @dev Position after the last entry of the run that starts at `start`: one more entry as long as the last one is
    /// unsigned and the next one is of the same log and epoch.
    function endOfRun(ILogRegistry.EntryInput[] calldata entries, uint256 start) internal pure returns (uint256 end) {
        ILogRegistry.EntryInput calldata first = entries[start];
        end = start + 1;
        while (end < entries.length && isUnsigned(entries[end - 1])) {
            ILogRegistry.EntryInput calldata next = entries[end];
            if (
                next.sessionId != first.sessionId ||
                next.factsHash != first.factsHash ||
                next.gatewayId != first.gatewayId ||
                next.header.epochOf() != first.header.epochOf()
            ) return end;
            ++end;
        }
    }

    function isUnsigned(ILogRegistry.EntryInput calldata entry) internal pure returns (bool) {
        return entry.r == 0 && entry.vs == 0;
    }

    function _notOpen(
        ILogRegistry.EntryInput calldata entry,
        bytes32 sessionHash,
        LogHead log
    ) private pure returns (bytes memory) {
        if (!log.exists()) {
            return abi.encodeWithSelector(ILogRegistry.LogRegistryUnknownLog.selector, sessionHash, entry.gatewayId);
        }
        return
            abi.encodeWithSelector(
                ILogRegistry.LogRegistryLogClosed.selector,
                sessionHash,
                entry.gatewayId,
                log.length()
            );
    }
}
