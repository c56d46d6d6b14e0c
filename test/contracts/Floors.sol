// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// Yardsticks, not parts: the least that a signed, chained append can cost. No access control, no epoch, no party check.
// `npx hardhat test mocha test/gas/log-registry.test.ts` measures the second append of a log to each, in the same way as one to
// LogRegistry, and compares it with its row in snapshots/gas.json.

/// Head and counter in two words, keccak, ecrecover, one event, 65-byte signature.
contract FloorTwoWords {
    struct Log {
        bytes32 head;
        uint256 length;
    }

    mapping(bytes32 logKey => Log) public logs;

    event Entry(bytes16 indexed sessionId, bytes32 indexed gatewayId, bytes32 header, bytes payload, bytes signature);

    function append(
        bytes16 sessionId,
        bytes32 gatewayId,
        bytes32 header,
        bytes calldata payload,
        bytes calldata signature
    ) external {
        Log storage log = logs[keccak256(abi.encodePacked(sessionId, gatewayId))];
        bytes32 entryHash = keccak256(abi.encode(log.head, sessionId, gatewayId, header, keccak256(payload)));
        (bytes32 r, bytes32 s, uint8 v) = (bytes32(signature[0:32]), bytes32(signature[32:64]), uint8(signature[64]));
        require(ecrecover(entryHash, v, r, s) != address(0));
        log.head = entryHash;
        log.length++;
        emit Entry(sessionId, gatewayId, header, payload, signature);
    }
}

/// The same in one word (head cut to 224 bits, 32-bit counter) with an ERC-2098 signature.
contract FloorOneWord {
    mapping(bytes32 logKey => uint256) public logs;

    event Entry(
        bytes16 indexed sessionId,
        bytes32 indexed gatewayId,
        bytes32 header,
        bytes payload,
        bytes32 r,
        bytes32 vs
    );

    function append(
        bytes16 sessionId,
        bytes32 gatewayId,
        bytes32 header,
        bytes calldata payload,
        bytes32 r,
        bytes32 vs
    ) external {
        bytes32 key = keccak256(abi.encodePacked(sessionId, gatewayId));
        uint256 word = logs[key];
        bytes32 entryHash = keccak256(abi.encode(word, sessionId, gatewayId, header, keccak256(payload)));
        uint8 v = uint8(uint256(vs) >> 255) + 27;
        require(ecrecover(entryHash, v, r, vs & bytes32(type(uint256).max >> 1)) != address(0));
        logs[key] = (uint256(entryHash) & ~uint256(type(uint32).max)) | ((word + 1) & type(uint32).max);
        emit Entry(sessionId, gatewayId, header, payload, r, vs);
    }
}
