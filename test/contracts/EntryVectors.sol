// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {EscrowCertificates} from "../../contracts/libraries/EscrowCertificates.sol";
import {LogEntry} from "../../contracts/libraries/LogEntry.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";

/// @dev What the contracts compute inside, made callable, so that test/vectors can be held against it. Where an interface
/// states a formula, it stands here as it is stated there.
contract EntryVectors {
    /// @dev The session's hash is given, as no facts can be made to fit the entries of the vectors that are not of a log.
    function entryHash(bytes32 sessionHash, ILogRegistry.EntryInput calldata entry) external pure returns (bytes32) {
        return
            LogEntry.hashOf(
                entry.header,
                entry.sessionId,
                sessionHash,
                entry.gatewayId,
                entry.causedBy,
                sha256(entry.payload),
                entry.lastEntryHash
            );
    }

    function isValidHeader(bytes32 header) external pure returns (bool) {
        return LogEntry.isValidHeader(header);
    }

    function sessionHashes(
        ILogRegistry.Session calldata session
    ) external pure returns (bytes32 factsHash, bytes32 sessionHash) {
        factsHash = keccak256(
            abi.encode(
                session.originGatewayId,
                session.destinationGatewayId,
                session.deadline,
                keccak256(session.facts)
            )
        );
        sessionHash = keccak256(abi.encode(session.sessionId, factsHash));
    }

    function gatewayIdOf(address owner, string calldata name) external pure returns (bytes32) {
        return keccak256(abi.encode(owner, name));
    }

    function certificateDigest(
        IAssetEscrow.Certificate calldata certificate,
        IAssetEscrow.Terms calldata terms
    ) external pure returns (bytes32) {
        return EscrowCertificates.digestOf(certificate, terms, keccak256(abi.encode(terms)));
    }

    function openSession(bytes32 domain, bytes32 sessionHash, uint32 epoch) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, Statements.openSession(sessionHash, epoch));
    }

    function decide(bytes32 domain, bytes32 sessionHash, uint8 decision, uint32 epoch) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, Statements.decide(sessionHash, decision, epoch));
    }

    function closeLog(
        bytes32 domain,
        bytes32 sessionHash,
        bytes32 gatewayId,
        uint32 length,
        bytes32 lastEntryHash,
        uint32 epoch
    ) external pure returns (bytes32) {
        bytes32 structHash = Statements.closeLog(sessionHash, gatewayId, length, lastEntryHash, epoch);
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function anchor(
        bytes32 domain,
        bytes32 gatewayId,
        uint32 index,
        bytes32 root,
        uint32 entries,
        uint32 epoch
    ) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, Statements.anchor(gatewayId, index, root, entries, epoch));
    }

    function registerGateway(
        bytes32 domain,
        address owner,
        string calldata name,
        address key,
        string calldata endpoints
    ) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, Statements.registerGateway(owner, name, key, endpoints));
    }

    function rotateKey(bytes32 domain, bytes32 gatewayId, address key, uint32 change) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, Statements.rotateKey(gatewayId, key, change));
    }

    function setEndpoints(
        bytes32 domain,
        bytes32 gatewayId,
        string calldata endpoints,
        uint32 change
    ) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, Statements.setEndpoints(gatewayId, endpoints, change));
    }

    /// @dev The registry's own domain, for any chain and contract.
    function registryDomain(uint256 chainId, address registry) external pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256("Gatelog"),
                    keccak256("1"),
                    chainId,
                    registry
                )
            );
    }

    /// @dev Zero if it is no signature.
    function signerOf(bytes32 digest, bytes32 r, bytes32 vs) external pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, r, vs);
    }

    function entryDomain() external pure returns (bytes32 literal, bytes32 derived) {
        literal = LogEntry.DOMAIN_SEPARATOR;
        derived = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version)"),
                keccak256("Gatelog Log Entry"),
                keccak256("1")
            )
        );
    }
}
